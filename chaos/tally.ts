// What a campaign has found, and how long recoveries took: the table at its end.
import { shownViolation, type Violation, violationKinds } from "./checker/violation.ts";

/**
 * What a campaign may find besides the checker. died: a daemon ended by itself. alarm: it logged an error that nothing
 * outside accounts for. slow: it took longer than it may. not reached: the fault point that a case was about. not caught: a
 * broken daemon that no campaign notices. grown: it took more of the machine and did not give it back.
 */
const faultKinds = ["died", "alarm", "slow", "not reached", "not caught", "grown"] as const;

interface Fault {
  readonly kind: (typeof faultKinds)[number];
  readonly check: string;
  readonly subject: string;
  readonly said: string;
}

export type Finding = Violation | Fault;

/** The limits of the recoveries, in milliseconds. */
const limitsMs = {
  "daemon restart to first commit": 5_000,
  "server back to first commit": 10_000,
  "SIGTERM to exit": 10_000,
} as const;
export type Recovery = keyof typeof limitsMs;

const progressEvery = 25;

export class Tally {
  readonly findings: Finding[] = [];
  readonly #counts = new Map<string, number>();
  readonly #notes = new Map<string, string>();
  readonly #timesMs = new Map<Recovery, number[]>();
  readonly #startedAtMs = performance.now();
  readonly #isQuiet: boolean;

  /** @param isQuiet findings are kept and not printed. */
  constructor({ isQuiet = false }: { readonly isQuiet?: boolean } = {}) {
    this.#isQuiet = isQuiet;
  }

  count(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  /** A line now and then, so that one sees how far a long campaign is. */
  progress(what: string, done: number, all: number): void {
    if (this.#isQuiet || (done % progressEvery !== 0 && done !== all)) return;
    process.stdout.write(`${what}: ${done} of ${all}, ${this.findings.length} findings\n`);
  }

  /** A figure for the table. */
  note(what: string, said: string): void {
    this.#notes.set(what, said);
  }

  /** @param replay the command that leads there again. */
  add(findings: readonly Finding[], replay: string): void {
    for (const finding of findings) {
      this.findings.push(finding);
      if (this.#isQuiet) continue;
      const { kind, check, subject, said } = finding;
      const text = isViolation(finding)
        ? shownViolation(finding)
        : `${kind} (${check}): ${subject}: ${said}`;
      process.stdout.write(`  ${text}\n    again: ${replay}\n`);
    }
  }

  /** Notes how long a recovery took; beyond its limit that is a finding. */
  time(what: Recovery, ms: number, replay: string): void {
    this.#timesMs.set(what, [...(this.#timesMs.get(what) ?? []), ms]);
    if (ms <= limitsMs[what]) return;
    const said = `took ${Math.round(ms)} ms, may take ${limitsMs[what]} ms`;
    this.add([{ kind: "slow", check: "I9", subject: what, said }], replay);
  }

  print(title: string): void {
    const lines = [`\n${title}`];
    for (const [what, times] of this.#counts) lines.push(row(what, String(times)));
    lines.push(row("", ""));
    for (const kind of [...violationKinds, ...faultKinds]) {
      lines.push(row(kind, String(this.findings.filter((one) => one.kind === kind).length)));
    }
    for (const [what, said] of this.#notes) lines.push(row(what, said));
    for (const [what, times] of this.#timesMs) {
      lines.push(row(`${what}, worst of ${times.length}`, `${Math.round(Math.max(...times))} ms`));
    }
    lines.push(row("took", `${Math.round((performance.now() - this.#startedAtMs) / 1_000)} s`));
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

function isViolation(finding: Finding): finding is Violation {
  return violationKinds.some((kind) => kind === finding.kind);
}

function row(name: string, value: string): string {
  return name === "" ? "" : `  ${name.padEnd(46)} ${value.padStart(9)}`;
}
