// Daemons that stand still, are held for dead, and wake up after a successor has taken over. Two ways: at a random
// moment, and as a duel, in which the successor stands just before its own first transaction while the zombie goes on
// with its. Half of the legs have no primary keys, so that the fences stand alone.

import { until } from "../../test/support/until.ts";
import { checkMoment } from "../checker/check.ts";
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import type { Daemon } from "../stage/daemon.ts";
import type { Station } from "../stage/station.ts";
import { type Campaign, finishLeg, isOver, noticeDead, openStation } from "./campaign.ts";
import { elapsed, endSession, randomMoment } from "./faults.ts";

const roundsPerLeg = 5;
const reachMs = 30_000;
const takeOverMs = 60_000;

export async function zombieCampaign(
  campaign: Campaign,
  rounds: number,
  seed: number,
): Promise<void> {
  for (let done = 0, legSeed = seed; done < rounds && !isOver(campaign); legSeed++) {
    const inLeg = Math.min(roundsPerLeg, rounds - done);
    await new ZombieLeg(campaign, inLeg, legSeed).run();
    done += inLeg;
    campaign.tally.progress("zombies", done, rounds);
  }
}

class ZombieLeg {
  readonly #campaign: Campaign;
  readonly #rounds: number;
  readonly #seed: number;
  readonly #random: Random;
  readonly #replay: string;

  constructor(campaign: Campaign, rounds: number, seed: number) {
    this.#campaign = campaign;
    this.#rounds = rounds;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#replay = `npm run chaos -- --zombies ${rounds} --seed ${seed}`;
  }

  async run(): Promise<void> {
    const random = this.#random;
    const station = await openStation(this.#campaign, {
      batchRows: random.pick([100, 300, 1_000]),
    });
    const cargo = new Cargo(station, `zombies-${this.#seed}`, random.fork());
    const isDuel = this.#seed % 2 === 0;
    try {
      if (random.isLikely(0.5)) await station.dropKeys();
      for (let n = 0; n < this.#rounds && !isOver(this.#campaign); n++) {
        await (isDuel ? this.#duel(station, cargo) : this.#pause(station, cargo));
        this.#campaign.tally.count(isDuel ? "zombies: duels" : "zombies");
        noticeDead(this.#campaign, station, this.#replay);
        this.#campaign.tally.add(await checkMoment(station.check), this.#replay);
      }
      await finishLeg(this.#campaign, station, this.#replay);
    } finally {
      await station.close();
    }
  }

  async #pause(station: Station, cargo: Cargo): Promise<void> {
    const random = this.#random;
    while (station.running.length < 2) await station.start();
    await Promise.all(station.running.map((daemon) => daemon.ready()));
    await cargo.dropLines(random.between(5_000, 20_000));
    const zombie = station.running[random.below(2)];
    if (zombie === undefined) throw new Error("no daemon runs");
    await randomMoment(zombie, random);
    await zombie.pause();
    // Sometimes its other connections live on, and with them a transaction that holds the package's keys.
    if (random.isLikely(0.6)) await endSession(station, zombie);
    else zombie.network.cut();
    await this.#takenOver(station, zombie);
    await elapsed(random.between(0, 500));
    zombie.resume();
  }

  /** Until nothing in work is the zombie's any more. */
  async #takenOver(station: Station, zombie: Daemon): Promise<void> {
    const owned = async (): Promise<number> => {
      const rows = await station.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM files WHERE status = 'processing' AND owner LIKE $1",
        [`%:${zombie.pid}:%`],
      );
      return rows[0]?.n ?? 0;
    };
    const limits = `not taken over in ${takeOverMs} ms`;
    await until(limits, async () => (await owned()) === 0, takeOverMs).catch(() => {
      const said = `a paused daemon's package is ${limits}`;
      this.#campaign.tally.add(
        [{ kind: "stuck", check: "D9", subject: station.database, said }],
        this.#replay,
      );
    });
  }

  async #duel(station: Station, cargo: Cargo): Promise<void> {
    for (const daemon of station.running) await daemon.kill9();
    await cargo.dropOne("middle");
    const zombie = await station.start({
      faults: `before_begin:sigstop:${this.#random.between(1, 4)}`,
    });
    if (!(await zombie.reached("reached", "before_begin", reachMs))) return;
    await zombie.paused();
    await endSession(station, zombie);
    const successor = await station.start({ faults: "before_begin:sigstop:1" });
    await successor.reached("reached", "before_begin", reachMs);
    await successor.paused();
    const { commits } = zombie.network;
    zombie.resume();
    // It commits nothing if all is well, and says so.
    await until(
      "the zombie's answer",
      () => {
        return (
          zombie.network.commits > commits || zombie.log.some((line) => line.includes("let go"))
        );
      },
      reachMs,
    ).catch(() => {});
    successor.resume();
  }
}
