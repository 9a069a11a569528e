// Where the work of a load is done, and how long it keeps the main thread from answering.
import { rm } from "node:fs/promises";
import { loadSpooled } from "../methods/daemon-load.ts";
import { goals } from "../report/goals.ts";
import { shownNumber } from "../report/numbers.ts";
import { medianFigure, type Result } from "../report/result.ts";
import { askLoopDelay, type LoopDelay, observer, threadSeconds } from "../stage/observed.ts";
import type { Stage } from "../stage/stage.ts";
import type { Plan, Scenario } from "./scenario.ts";

const measured = `One package is loaded by a daemon that has loaded it before. CPU seconds of its threads and of the
server's processes are the kernel's, from the rename to the end. The event loop's delay is what a timer of 5 ms comes too
late, over the same time, by perf_hooks in the daemon. Default settings but DOWNLINK_SETTLE_MS=0.`;

interface Round {
  readonly seconds: number;
  readonly delayMs: LoopDelay;
  /** CPU seconds. */
  readonly main: number;
  readonly workers: number;
  readonly helpers: number;
  readonly server: number | undefined;
}

export const parts: Scenario = {
  name: "parts",
  summary: "CPU seconds of threads and server, and the main thread's event-loop delay",
  async run(stage, plan): Promise<Result> {
    const lines = plan.isSmoke ? 3_000 : 1_000_000;
    const rounds = await observe(stage, lines, plan);
    const of = (pick: (round: Round) => number | undefined) => rounds.map(pick);
    const delay = "event-loop delay of the main thread";
    const goal = { limit: goals.loopDelayP99Ms, isJudged: !plan.isSmoke };
    const figures = [
      medianFigure(
        "the load",
        "s",
        of(({ seconds }) => seconds),
      ),
      medianFigure(
        "CPU: main thread",
        "s",
        of(({ main }) => main),
      ),
      medianFigure(
        "CPU: worker threads",
        "s",
        of(({ workers }) => workers),
      ),
      medianFigure(
        "CPU: other threads (files, garbage)",
        "s",
        of(({ helpers }) => helpers),
      ),
      medianFigure(
        "CPU: server",
        "s",
        of(({ server }) => server),
      ),
      medianFigure(
        `${delay}, p99`,
        "ms",
        of(({ delayMs }) => delayMs.p99),
        goal,
      ),
      medianFigure(
        `${delay}, the longest`,
        "ms",
        of(({ delayMs }) => delayMs.max),
      ),
    ];
    const title = `Where the time goes, ${shownNumber(lines)} lines of jackal_mk1`;
    return { scenario: "parts", title, measured, figures, tables: [], details: rounds };
  },
};

async function observe(stage: Stage, lines: number, { rounds, tell }: Plan): Promise<Round[]> {
  const original = await stage.packages.original({
    satellite: "jackal_mk1",
    lines,
    badShare: 0,
    seed: 2,
  });
  const { dir, server } = stage;
  const options = { env: { DOWNLINK_SETTLE_MS: "0" }, preload: observer(dir) };
  const found = await stage.withDaemon(options, async (started) => {
    const { daemon } = started;
    const all: Round[] = [];
    for (let round = 0; round <= rounds; round++) {
      await server.reset();
      const spooled = await stage.packages.spool(original);
      const before = await threadSeconds(daemon, dir);
      const serverBefore = await server.cpuSeconds();
      await askLoopDelay(daemon, "begin");
      const seconds = await loadSpooled(started, spooled);
      const delayMs = await askLoopDelay(daemon, "tell");
      const after = await threadSeconds(daemon, dir);
      const serverAfter = await server.cpuSeconds();
      all.push({
        seconds,
        delayMs,
        main: after.main - before.main,
        workers: after.workers - before.workers,
        helpers: after.helpers - before.helpers,
        server: serverBefore && serverAfter && serverAfter - serverBefore,
      });
      tell(`load observed: ${seconds.toFixed(2)} s`);
    }
    return all.slice(1); // The first one was the warm-up.
  });
  await rm(original);
  return found;
}
