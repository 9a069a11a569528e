// The status of a package, as a mark and a word.
import type { ComponentChildren } from "preact";

export type Tone = "ok" | "live" | "warn" | "bad" | "quiet";

export function Mark({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class="state">
      <span class={`dot ${tone}`} aria-hidden="true" />
      {children}
    </span>
  );
}

export type PackageStatus = "processing" | "complete" | "failed" | "duplicate";

const tones: Readonly<Record<PackageStatus, Tone>> = {
  processing: "live",
  complete: "ok",
  failed: "bad",
  duplicate: "quiet",
};

export function StatusMark({ status }: { status: PackageStatus }) {
  return <Mark tone={tones[status]}>{status}</Mark>;
}
