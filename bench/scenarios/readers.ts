// Two hundred readers of the HTTP API during a load: what they cost it, and whether they are all answered.
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { medianFigure, type Result } from "../report/result.ts";
import { ApiReaders } from "../stage/api-readers.ts";
import type { Stage } from "../stage/stage.ts";
import type { Plan, Scenario } from "./scenario.ts";

const measured = `A package is loaded alone and then another one beside the readers, in turn; the figure is the median of the rounds'
ratios. Each reader asks one question a second, of eight: status, packages, complete packages, one package, its readings
in 200 buckets, tree, satellites, settings. Default settings; the settle time counts.`;

interface Round {
  readonly aloneSeconds: number;
  readonly besideSeconds: number;
}

export const readers: Scenario = {
  name: "readers",
  summary: "200 readers of the HTTP API during a load",
  async run(stage, plan): Promise<Result> {
    const sizes = plan.isSmoke ? { lines: 1_000, count: 5 } : { lines: 1_000_000, count: 200 };
    const { rounds, answered, failed } = await load(stage, sizes, plan);
    const isJudged = !plan.isSmoke;
    const ratios = rounds.map(({ aloneSeconds, besideSeconds }) => besideSeconds / aloneSeconds);
    return {
      scenario: "readers",
      title: `${sizes.count} readers of the HTTP API during a load of ${shownNumber(sizes.lines)} lines`,
      measured,
      figures: [
        medianFigure("time of the load beside readers, by that of one alone", "times", ratios, {
          limit: goals.besideReaders,
          isJudged,
        }),
        medianFigure("requests that were answered", "", [answered]),
        medianFigure("requests that failed", "", [failed], {
          limit: goals.failedRequests,
          isJudged,
        }),
      ],
      tables: [],
      details: { rounds },
    };
  },
};

function load(
  stage: Stage,
  { lines, count }: { readonly lines: number; readonly count: number },
  { rounds: most, tell }: Plan,
): Promise<{ rounds: Round[]; answered: number; failed: number }> {
  return stage.withDaemon({}, async ({ daemon, drop }) => {
    const rounds: Round[] = [];
    const sum = { answered: 0, failed: 0 };
    let seed = 0;
    const loadOne = async (): Promise<number> => {
      const shape = { satellite: "jackal_mk1", lines, badShare: 0, seed: seed++ };
      const spooled = await stage.packages.spoolNew(shape);
      const before = daemon.ends.length;
      const droppedAtMs = drop([spooled]);
      const end = (await daemon.completed(before + 1)).at(-1);
      return ((end?.atMs ?? Number.NaN) - droppedAtMs) / 1_000;
    };
    await loadOne(); // The readers ask about this one.
    for (let round = 0; round < most; round++) {
      const aloneSeconds = await loadOne();
      const asking = await ApiReaders.start(daemon.httpUrl, count);
      const besideSeconds = await loadOne();
      const { answered, failed } = await asking.stop();
      sum.answered += answered;
      sum.failed += failed;
      tell(`alone ${aloneSeconds.toFixed(2)} s, beside readers ${besideSeconds.toFixed(2)} s`);
      rounds.push({ aloneSeconds, besideSeconds });
    }
    return { rounds, ...sum };
  });
}
