// Small packages beside a huge one: do they wait for its end?
import { basename } from "node:path";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { medianFigure, type Result } from "../report/result.ts";
import type { Daemon, PackageEnd } from "../stage/daemon.ts";
import { committedLines, untilCommitted } from "../stage/progress.ts";
import type { Stage } from "../stage/stage.ts";
import type { Plan, Scenario } from "./scenario.ts";

const measured = `One huge package is dropped; when its first lines are committed, small ones of 100 lines are dropped all at
once. How much of the huge one is committed when the last small one is complete, and how long that took. Default settings.`;

interface Round {
  readonly bigShare: number;
  readonly smallSeconds: number;
}

export const fair: Scenario = {
  name: "fair",
  summary: "500 small packages dropped behind one of 2 million lines",
  async run(stage, plan): Promise<Result> {
    const sizes = plan.isSmoke
      ? { bigLines: 60_000, small: 5 }
      : { bigLines: 2_000_000, small: 500 };
    const rounds: Round[] = [];
    for (let round = 0; round < plan.rounds; round++) rounds.push(await load(stage, sizes, plan));
    const goal = { limit: goals.bigPackageShare, isJudged: !plan.isSmoke };
    const shares = rounds.map(({ bigShare }) => bigShare * 100);
    const seconds = rounds.map(({ smallSeconds }) => smallSeconds);
    const figures = [
      medianFigure("loaded of the big package when all small ones are complete", "%", shares, goal),
      medianFigure("the small ones took", "s", seconds),
    ];
    const title = `${sizes.small} small packages behind one of ${shownNumber(sizes.bigLines)} lines`;
    return { scenario: "fair", title, measured, figures, tables: [] };
  },
};

function load(
  stage: Stage,
  { bigLines, small }: { readonly bigLines: number; readonly small: number },
  { tell }: Plan,
): Promise<Round> {
  return stage.withDaemon({}, async ({ daemon, drop }) => {
    const shape = { satellite: "jackal_mk1", badShare: 0 };
    const big = await stage.packages.spoolNew({ ...shape, lines: bigLines, seed: 1 });
    const spooled: string[] = [];
    for (let seed = 0; seed < small; seed++) {
      spooled.push(await stage.packages.spoolNew({ ...shape, lines: 100, seed }));
    }
    return stage.server.withClient(async (client) => {
      drop([big]);
      await untilCommitted(client, 1);
      const droppedAtMs = drop(spooled);
      const lastAtMs = await smallOnesComplete(daemon, small, basename(big));
      const lines = await committedLines(client);
      const smallSeconds = (lastAtMs - droppedAtMs) / 1_000;
      const bigShare = Math.min(1, (lines - small * 100) / bigLines);
      tell(
        `small ones: ${smallSeconds.toFixed(1)} s, at ${Math.round(bigShare * 100)} % of the big`,
      );
      return { bigShare, smallSeconds };
    });
  });
}

/** @returns when the last of them was; the big one may have come before it */
async function smallOnesComplete(daemon: Daemon, small: number, big: string): Promise<number> {
  const isSmall = ({ name }: PackageEnd): boolean => name !== big;
  let ends = (await daemon.completed(small)).filter(isSmall);
  if (ends.length < small) ends = (await daemon.completed(small + 1)).filter(isSmall);
  return ends.at(-1)?.atMs ?? Number.NaN;
}
