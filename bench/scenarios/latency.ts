// How long a single package takes that has settled: dropped into an idle daemon, one after the other.
import { setTimeout as delay } from "node:timers/promises";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { judge, type Limit, type Result } from "../report/result.ts";
import { percentile } from "../report/statistics.ts";
import type { Stage } from "../stage/stage.ts";
import type { Scenario } from "./scenario.ts";

const settleMs = 100;
const linesEach = 1_000;
/** Between two packages, so that the daemon is idle again. */
const longestPauseMs = 40;

const measured = `Packages of ${linesEach} lines are renamed into the inbox of an idle daemon, one after the other, at uneven
distances. From the rename plus DOWNLINK_SETTLE_MS (here ${settleMs}) to the log line that it is complete: so the time
until the daemon notices the file counts, the settling does not. Hints of the file system are on, else default settings.`;

export const latency: Scenario = {
  name: "latency",
  summary: "a single settled package of 1000 lines, 200 times",
  async run(stage, plan): Promise<Result> {
    const count = plan.isSmoke ? 5 : 200;
    const samples = await latenciesMs(stage, count);
    const figure = (name: string, value: number, limit?: Limit) => ({
      name,
      value,
      unit: "ms",
      goal: limit && judge(value, limit, !plan.isSmoke),
    });
    return {
      scenario: "latency",
      title: `A settled package of ${shownNumber(linesEach)} lines, ${count} times`,
      measured,
      figures: [
        figure("end of settling to complete, p50", percentile(samples, 0.5), goals.latencyP50Ms),
        figure("end of settling to complete, p99", percentile(samples, 0.99), goals.latencyP99Ms),
        figure("end of settling to complete, the longest", Math.max(...samples)),
      ],
      tables: [],
      details: { samplesMs: samples },
    };
  },
};

function latenciesMs(stage: Stage, count: number): Promise<number[]> {
  const env = { DOWNLINK_SETTLE_MS: String(settleMs) };
  return stage.withDaemon({ env }, async ({ daemon, drop }) => {
    const samples: number[] = [];
    for (let seed = 0; seed <= count; seed++) {
      const shape = { satellite: "jackal_mk1", lines: linesEach, badShare: 0, seed };
      const spooled = await stage.packages.spoolNew(shape);
      await delay((seed * 7) % longestPauseMs);
      const droppedAtMs = drop([spooled]);
      const end = (await daemon.completed(seed + 1))[seed];
      if (end !== undefined) samples.push(end.atMs - droppedAtMs - settleMs);
    }
    return samples.slice(1); // The first one loads code.
  });
}
