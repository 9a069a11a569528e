// The figures of the day and the state of what loading depends on, in one row.
import type { Status } from "../../../../src/api/schemas/status.ts";
import { countOf, countText, noValue } from "../../format/count.ts";
import { bytesText } from "../../format/quantity.ts";
import { status } from "../../live/status.ts";
import { meanOfLast, throughput } from "../../live/throughput.ts";
import { Bytes, Count, Unit } from "../../ui/figures.tsx";
import { Foreign } from "../../ui/foreign.tsx";
import { Mark, type Tone } from "../../ui/status-mark.tsx";

const meanSeconds = 3;

export function Figures() {
  const now = status.value;
  const today = now?.today ?? null;
  return (
    <dl class="figures" aria-label="Figures">
      <div>
        <dt>Loading</dt>
        <dd>
          <Count of={Math.round(meanOfLast(throughput.value.imported, meanSeconds))} />
          <Unit>rows/s</Unit>
        </dd>
        <dd class="note">{now === undefined ? "" : backlogText(now)}</dd>
      </div>
      <div>
        <dt>Packages today</dt>
        <dd>{today === null ? noValue : countText(sumOf(today.packages))}</dd>
        <dd class="note">
          {today !== null && (
            <>
              {countText(today.packages.complete)} complete,{" "}
              <span class={today.packages.failed > 0 ? "bad" : ""}>
                {countText(today.packages.failed)} failed
              </span>
              , {countText(today.packages.duplicate)} duplicate
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Readings today</dt>
        <dd>{today === null ? noValue : countText(today.importedLines)}</dd>
        <dd class="note">
          {today === null ? (
            ""
          ) : (
            <>
              of <Bytes of={today.sizeBytes} />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Rejected lines today</dt>
        <dd class={today !== null && today.errors > 0 ? "bad" : ""}>
          {today === null ? noValue : countText(today.errors)}
        </dd>
        <dd class="note">{today === null ? "" : `of ${countText(today.totalLines)} lines`}</dd>
      </div>
      <Throttle now={now} />
      <Database now={now} />
    </dl>
  );
}

function sumOf(packages: Readonly<Record<string, number>>): number {
  return Object.values(packages).reduce((sum, count) => sum + count, 0);
}

function backlogText({ work, inboxFiles }: Status): string {
  const left = work.reduce((sum, { sizeBytes, offset }) => sum + sizeBytes - offset, 0);
  const inWork = work.length === 0 ? "nothing in work" : `${bytesText(left)} to go`;
  return (inboxFiles ?? 0) === 0
    ? inWork
    : `${inWork}, ${countOf(inboxFiles ?? 0, "file")} in the inbox`;
}

function Throttle({ now }: { now: Status | undefined }) {
  const throttle = now?.throttle;
  return (
    <div>
      <dt>Throttle</dt>
      <dd>
        {throttle === undefined && noValue}
        {throttle !== undefined && throttle.rowsPerSecond === null && "no ceiling"}
        {throttle !== undefined && throttle.rowsPerSecond !== null && (
          <Count of={throttle.rowsPerSecond} unit="rows/s" />
        )}
      </dd>
      <dd class="note" title={throttle?.reason}>
        {throttle !== undefined && <Foreign text={throttle.reason} />}
        {throttle !== undefined &&
          throttle.pauseMs > 0 &&
          `, pause ${Math.round(throttle.pauseMs)} ms`}
      </dd>
    </div>
  );
}

const databaseTones: Readonly<Record<Status["database"]["state"], Tone>> = {
  connecting: "warn",
  ready: "ok",
  away: "bad",
  refused: "bad",
  stopped: "quiet",
};

function Database({ now }: { now: Status | undefined }) {
  const database = now?.database;
  return (
    <div>
      <dt>Database</dt>
      <dd data-database={database?.state}>
        {database === undefined ? (
          noValue
        ) : (
          <Mark tone={databaseTones[database.state]}>{database.state}</Mark>
        )}
      </dd>
      <dd class="note" title={database?.error ?? database?.url ?? undefined}>
        {database !== undefined && <Foreign text={database.error ?? hostOf(database.url)} />}
      </dd>
    </div>
  );
}

/** "127.0.0.1:54329/downlink" */
function hostOf(url: string | null): string {
  if (url === null || !URL.canParse(url)) return url ?? "";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
