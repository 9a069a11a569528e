// The steps of a package, with their times and what lies between them.
import type { FileStory } from "../../../../src/api/schemas/files.ts";
import { countOf, countText, percentText } from "../../format/count.ts";
import { durationText } from "../../format/quantity.ts";
import { epochSeconds } from "../../format/time.ts";
import { hrefOf } from "../../router.ts";
import { Moment } from "../../ui/moment.tsx";
import { Panel } from "../../ui/panel.tsx";
import type { Tone } from "../../ui/status-mark.tsx";

interface Step {
  readonly title: string;
  readonly at: string;
  readonly tone: Tone;
  readonly note: string;
}

export function Timeline({ of }: { of: FileStory }) {
  const steps = stepsOf(of);
  return (
    <Panel title="Steps (UTC)">
      <ol class="body timeline">
        {steps.map((step, index) => (
          <li key={step.title}>
            <span class={`dot ${step.tone}`} aria-hidden="true" />
            <div>
              <span class="step">{step.title}</span> <Moment iso={step.at} />
              <span class="since dim">{sinceText(steps[index - 1], step)}</span>
              {step.note !== "" && <div class="dim small">{step.note}</div>}
            </div>
          </li>
        ))}
        {of.duplicateOf !== null && (
          <li>
            <span class="dot quiet" aria-hidden="true" />
            <div>
              the same bytes as{" "}
              <a href={hrefOf(`/packages/${of.duplicateOf}`)}>package {of.duplicateOf}</a>
            </div>
          </li>
        )}
      </ol>
    </Panel>
  );
}

function sinceText(before: Step | undefined, { at }: Step): string {
  if (before === undefined) return "";
  return `+${durationText(Math.max(0, epochSeconds(at) - epochSeconds(before.at)))}`;
}

function stepsOf(of: FileStory): Step[] {
  const steps: Step[] = [{ title: "claimed", at: of.insertedAt, tone: "ok", note: "" }];
  if (of.startedAt !== null) {
    const note = of.ownerEpoch > 1 ? countOf(of.ownerEpoch, "run") : "";
    steps.push({ title: "started", at: of.startedAt, tone: "ok", note });
  }
  steps.push(lastStep(of));
  return steps;
}

function lastStep(of: FileStory): Step {
  switch (of.status) {
    case "complete": {
      const { seconds } = of;
      const speed = seconds === null || seconds === 0 ? 0 : of.totalLines / seconds;
      const note = speed === 0 ? "" : `${countText(speed)} lines/s`;
      return { title: "complete", at: of.completedAt ?? of.updatedAt, tone: "ok", note };
    }
    case "failed":
      return { title: "failed", at: of.updatedAt, tone: "bad", note: attemptsText(of) };
    case "duplicate":
      return { title: "duplicate", at: of.updatedAt, tone: "quiet", note: "not loaded again" };
    case "processing": {
      const share = of.sizeBytes === 0 ? 0 : of.checkpointOffset / of.sizeBytes;
      const note = `${percentText(share)} % loaded, ${attemptsText(of)}`;
      return { title: "last commit", at: of.updatedAt, tone: "live", note };
    }
  }
}

function attemptsText({ attempts }: FileStory): string {
  return attempts === 0 ? "" : `${countOf(attempts, "attempt")} without progress`;
}
