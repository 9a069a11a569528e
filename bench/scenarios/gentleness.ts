// What the phases beside another user come to.
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import {
  type Figure,
  type Limit,
  medianFigure,
  type Result,
  type Table,
} from "../report/result.ts";
import { median, percentile } from "../report/statistics.ts";
import type { Latency } from "../stage/other-user.ts";

export interface Phase {
  /** On the clock of `performance.now()`. */
  readonly fromMs: number;
  readonly latencies: readonly Latency[];
  /** Of the load. */
  readonly linesPerSecond: number;
}

export interface Gentleness {
  /** Lines a second of a load alone, with the throttle off. */
  readonly fullSpeed: number;
  readonly idle: Phase;
  readonly unthrottled: Phase;
  readonly adaptive: Phase;
  /** From the other user's end until the load was fast again. Infinity: not seen. */
  readonly recoverySeconds: number;
}

const measured = `The other user: 200 transactions a second (BEGIN, UPDATE, INSERT, COMMIT, with pg, on tables of its own), due at
even distances; a latency is counted from when it was due. Idle: no daemon. During a load: the user comes when the load's
first commit is done; all its transactions count, those of the throttle's reaction included. The load is one package of 12 million lines; its speed is lines
committed, from commit to commit. Full speed: alone, throttle off. Fast again: at 90 % of full speed for a second.`;

/** What the throttle needs to find its place. */
const reactionMs = 5_000;

export function gentleResult(rounds: readonly Gentleness[], isJudged: boolean): Result {
  const figure = (
    name: string,
    unit: string,
    of: (round: Gentleness) => number,
    limit?: Limit,
  ): Figure => medianFigure(name, unit, rounds.map(of), limit && { limit, isJudged });
  const rise = ({ adaptive, idle }: Gentleness): number => p95(adaptive) / p95(idle);
  const share = (phase: Phase, { fullSpeed }: Gentleness): number =>
    (100 * phase.linesPerSecond) / fullSpeed;
  return {
    scenario: "gentle",
    title: "Beside another user",
    measured,
    figures: [
      figure("other user's p95, adaptive load by idle", "times", rise, goals.otherUserP95),
      figure(
        "the same, without the first 5 s",
        "times",
        (round) => lateP95(round.adaptive) / p95(round.idle),
      ),
      figure(
        "the same, throttle off",
        "times",
        (round) => p95(round.unthrottled) / p95(round.idle),
      ),
      figure(
        "adaptive load's speed beside another user",
        "% of full",
        (round) => share(round.adaptive, round),
        goals.speedBesideUser,
      ),
      figure("unthrottled load's speed beside another user", "% of full", (round) =>
        share(round.unthrottled, round),
      ),
      figure(
        "the other user gone: fast again after",
        "s",
        (round) => round.recoverySeconds,
        goals.recoverySeconds,
      ),
    ],
    tables: [latencyTable(rounds)],
    details: rounds,
  };
}

const tookMs = ({ latencies }: Phase): number[] => latencies.map((latency) => latency.tookMs);
const p95 = (phase: Phase): number => percentile(tookMs(phase), 0.95);

function lateP95({ latencies, fromMs }: Phase): number {
  const late = latencies.filter(({ dueMs }) => dueMs >= fromMs + reactionMs);
  return percentile(
    late.map((latency) => latency.tookMs),
    0.95,
  );
}

function latencyTable(rounds: readonly Gentleness[]): Table {
  const row = (name: string, phaseOf: (round: Gentleness) => Phase): string[] => {
    const phases = rounds.map(phaseOf);
    const at = (share: number): string =>
      shownNumber(median(phases.map((phase) => percentile(tookMs(phase), share))));
    const speed = median(phases.map(({ linesPerSecond }) => linesPerSecond));
    return [name, at(0.5), at(0.95), at(0.99), at(1), speed === 0 ? "–" : shownNumber(speed)];
  };
  return {
    title: "The other user's latency in ms, and the load's lines a second",
    columns: ["", "p50", "p95", "p99", "longest", "lines/s"],
    rows: [
      row("idle", ({ idle }) => idle),
      row("load, adaptive", ({ adaptive }) => adaptive),
      row("load, throttle off", ({ unthrottled }) => unthrottled),
    ],
  };
}
