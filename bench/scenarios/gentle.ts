// Another user of the same server: what a load does to it, with the adaptive throttle and without, what is left of the
// load's speed beside it, and how soon the load is fast again when it has gone.
import { setTimeout as delay } from "node:timers/promises";
import { OtherUser } from "../stage/other-user.ts";
import { Progress, speed, whenFast } from "../stage/progress.ts";
import type { Stage } from "../stage/stage.ts";
import { type Gentleness, gentleResult, type Phase } from "./gentleness.ts";
import type { Plan, Scenario } from "./scenario.ts";

interface Sizes {
  readonly phaseMs: number;
  readonly adaptiveMs: number;
  readonly longestRecoveryMs: number;
  /** In a million lines, or a few thousand. */
  readonly blockLines: number;
  readonly blocks: number;
}

const full: Sizes = {
  phaseMs: 12_000,
  adaptiveMs: 30_000,
  longestRecoveryMs: 20_000,
  blockLines: 1_000_000,
  blocks: 12,
};
const tiny: Sizes = {
  phaseMs: 1_500,
  adaptiveMs: 2_000,
  longestRecoveryMs: 1_000,
  blockLines: 20_000,
  blocks: 60,
};

/** Over how long the load must be at 90 % of full speed to count as fast again. */
const fastForMs = 1_000;
const fastShare = 0.9;

export const gentle: Scenario = {
  name: "gentle",
  summary: "200 small transactions a second of another user, beside a load",
  async run(stage, plan) {
    const rounds: Gentleness[] = [];
    for (let round = 0; round < plan.rounds; round++) rounds.push(await oneRound(stage, plan));
    return gentleResult(rounds, !plan.isSmoke);
  },
};

async function oneRound(stage: Stage, { isSmoke, tell }: Plan): Promise<Gentleness> {
  const sizes = isSmoke ? tiny : full;
  const load = new LongLoad(stage, sizes);
  const alone = await load.during("off", async (progress) => {
    const { atMs } = await progress.firstCommit();
    await delay(sizes.phaseMs);
    return speed(progress.commits, atMs, performance.now());
  });
  tell(`full speed: ${Math.round(alone)} lines a second`);
  const idle = await idlePhase(stage, sizes);
  const unthrottled = await load.during("off", (progress) =>
    loadedPhase(stage, progress, sizes.phaseMs),
  );
  const adaptive = await load.during("adaptive", async (progress) => {
    const phase = await loadedPhase(stage, progress, sizes.adaptiveMs);
    return { phase, recoverySeconds: await recovery(progress, alone, sizes) };
  });
  await load.remove();
  return {
    fullSpeed: alone,
    idle,
    unthrottled,
    adaptive: adaptive.phase,
    recoverySeconds: adaptive.recoverySeconds,
  };
}

/** On empty tables and a clean disk: what the load before has left to be written is not this user's. */
async function idlePhase(stage: Stage, { phaseMs }: Sizes): Promise<Phase> {
  await stage.server.reset();
  const user = await OtherUser.start(stage.server.url);
  await delay(phaseMs);
  await user.stop();
  return { fromMs: 0, latencies: user.latencies, linesPerSecond: 0 };
}

/** From the first commit of the load on. Returns when the user is gone. */
async function loadedPhase(stage: Stage, progress: Progress, ms: number): Promise<Phase> {
  await progress.firstCommit();
  const user = await OtherUser.start(stage.server.url);
  const fromMs = performance.now();
  await delay(ms);
  const linesPerSecond = speed(progress.commits, fromMs, performance.now());
  await user.stop(); // It waits for what is under way: the slow ones count most.
  return { fromMs, latencies: user.latencies, linesPerSecond };
}

/** @returns Infinity if it did not become fast again in that time */
async function recovery(
  progress: Progress,
  fullSpeed: number,
  { longestRecoveryMs }: Sizes,
): Promise<number> {
  const goneAtMs = performance.now();
  for (const poll = 100; performance.now() < goneAtMs + longestRecoveryMs; ) {
    await delay(poll);
    const atMs = whenFast(progress.commits, goneAtMs, fullSpeed * fastShare, fastForMs);
    if (atMs !== undefined) return (atMs - goneAtMs) / 1_000;
  }
  return Number.POSITIVE_INFINITY;
}

/** A package that is longer than any phase: each phase begins it anew with a new daemon, and leaves it half way. */
class LongLoad {
  readonly #stage: Stage;
  readonly #sizes: Sizes;
  #spooled: string | undefined;

  constructor(stage: Stage, sizes: Sizes) {
    this.#stage = stage;
    this.#sizes = sizes;
  }

  async during<Result>(
    throttle: "adaptive" | "off",
    use: (progress: Progress) => Promise<Result>,
  ): Promise<Result> {
    const { server, packages } = this.#stage;
    this.#spooled ??= await this.#write();
    const spooled = this.#spooled;
    return this.#stage.withDaemon({ env: { DOWNLINK_THROTTLE: throttle } }, async (started) => {
      const progress = await Progress.start(server.url);
      started.drop([spooled]);
      this.#spooled = undefined;
      const result = await use(progress);
      await progress.stop();
      await started.daemon.stop();
      this.#spooled = await packages.takeBack(started.filesDir);
      return result;
    });
  }

  async remove(): Promise<void> {
    if (this.#spooled !== undefined) await this.#stage.packages.forget(this.#spooled);
  }

  #write(): Promise<string> {
    const { blockLines, blocks } = this.#sizes;
    const shape = { satellite: "jackal_mk1", lines: blockLines, badShare: 0, seed: 4 };
    return this.#stage.packages.spoolRepeated(shape, blocks);
  }
}
