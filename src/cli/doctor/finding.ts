// What the doctor finds: one thing that was looked at, how it stands, and what to do about it.

/** warning: it works, but not as well or not for long. wrong: the daemon does not start, or cannot load. */
export type Verdict = "ok" | "warning" | "wrong" | "not checked";

export interface Finding {
  /** What was looked at, in one or two words. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What is so. */
  readonly found: string;
  /** What to do, for a warning and for what is wrong. */
  readonly advice?: string;
}

export function ok(name: string, found: string): Finding {
  return { name, verdict: "ok", found };
}

export function warning(name: string, found: string, advice: string): Finding {
  return { name, verdict: "warning", found, advice };
}

export function wrong(name: string, found: string, advice: string): Finding {
  return { name, verdict: "wrong", found, advice };
}

export function notChecked(name: string, why: string): Finding {
  return { name, verdict: "not checked", found: why };
}

/** The words of an error, for a finding. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
