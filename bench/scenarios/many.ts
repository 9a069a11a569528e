// Many small packages dropped at once: what a package costs beside its lines.
import { satelliteTypes } from "../../src/satellites/index.ts";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { medianFigure, type Result } from "../report/result.ts";
import type { PackageShape } from "../stage/packages.ts";
import type { Stage } from "../stage/stage.ts";
import type { Plan, Scenario } from "./scenario.ts";

const linesEach = 10;

const measured = `Packages of ${linesEach} lines, of all types in turn, are on disk and are renamed into the inbox as fast as
that goes. From the first rename to the log line that the last one is complete, default settings (300 ms of settling
included), in a daemon that has loaded before.`;

interface Round {
  readonly packagesPerSecond: number;
  readonly daemonCpuMsEach: number | undefined;
  readonly serverCpuMsEach: number | undefined;
}

export const many: Scenario = {
  name: "many",
  summary: "10,000 packages of 10 lines, dropped at once",
  async run(stage, plan): Promise<Result> {
    const count = plan.isSmoke ? 20 : 10_000;
    const rounds: Round[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      rounds.push(await load(stage, count, plan));
    }
    const goal = { limit: goals.packagesPerSecond, isJudged: !plan.isSmoke };
    const of = (pick: (round: Round) => number | undefined) => rounds.map(pick);
    return {
      scenario: "many",
      title: `${shownNumber(count)} packages of ${linesEach} lines`,
      measured,
      figures: [
        medianFigure(
          "small packages a second",
          "/s",
          of((round) => round.packagesPerSecond),
          goal,
        ),
        medianFigure(
          "CPU of the daemon for one",
          "ms",
          of((round) => round.daemonCpuMsEach),
        ),
        medianFigure(
          "CPU of the server for one",
          "ms",
          of((round) => round.serverCpuMsEach),
        ),
      ],
      tables: [],
    };
  },
};

async function load(stage: Stage, count: number, { tell }: Plan): Promise<Round> {
  return stage.withDaemon({}, async ({ daemon, drop }) => {
    const spooled: string[] = [];
    for (const shape of shapes(count + 1)) spooled.push(await stage.packages.spoolNew(shape));
    const warmUp = spooled.pop();
    if (warmUp !== undefined) drop([warmUp]);
    await daemon.completed(1);
    const before = [await daemon.cpuSeconds(), await stage.server.cpuSeconds()] as const;
    const droppedAtMs = drop(spooled);
    const ends = await daemon.completed(count + 1);
    const after = [await daemon.cpuSeconds(), await stage.server.cpuSeconds()] as const;
    const seconds = ((ends[count]?.atMs ?? Number.NaN) - droppedAtMs) / 1_000;
    tell(`${count} packages: ${seconds.toFixed(1)} s`);
    return {
      packagesPerSecond: count / seconds,
      daemonCpuMsEach: each(before[0], after[0], count),
      serverCpuMsEach: each(before[1], after[1], count),
    };
  });
}

function* shapes(count: number): Generator<PackageShape> {
  const types = [...satelliteTypes.keys()];
  for (let seed = 0; seed < count; seed++) {
    const satellite = types[seed % types.length];
    if (satellite !== undefined) yield { satellite, lines: linesEach, badShare: 0, seed };
  }
}

const each = (before: number | undefined, after: number | undefined, count: number) =>
  before === undefined || after === undefined ? undefined : ((after - before) * 1_000) / count;
