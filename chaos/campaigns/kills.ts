// kill -9 at random moments while packages are loaded, with other faults between, and every tenth time the server too.
// A campaign is cut into legs of ten kills, each with folders, a database and a seed of its own: the n-th leg of seed S is
// the only one of seed S + n - 1, so that a finding is replayed by its leg alone.
import { checkAtRest, checkMoment } from "../checker/check.ts";
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import type { Daemon } from "../stage/daemon.ts";
import { hasWork } from "../stage/settled.ts";
import type { Station } from "../stage/station.ts";
import {
  type Campaign,
  finishLeg,
  isOver,
  noticeDead,
  openStation,
  stopDaemon,
} from "./campaign.ts";
import { carryOut, elapsed, endSession, outsideFaults, randomMoment } from "./faults.ts";

const killsPerLeg = 10;

export async function killCampaign(campaign: Campaign, kills: number, seed: number): Promise<void> {
  for (let done = 0, legSeed = seed; done < kills && !isOver(campaign); legSeed++) {
    const inLeg = Math.min(killsPerLeg, kills - done);
    await new KillLeg(campaign, inLeg, legSeed).run();
    done += inLeg;
  }
}

class KillLeg {
  readonly #campaign: Campaign;
  readonly #kills: number;
  readonly #seed: number;
  readonly #random: Random;
  readonly #replay: string;

  constructor(campaign: Campaign, kills: number, seed: number) {
    this.#campaign = campaign;
    this.#kills = kills;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#replay = `npm run chaos -- --kills ${kills} --seed ${seed}`;
  }

  async run(): Promise<void> {
    const random = this.#random;
    const station = await openStation(this.#campaign, {
      batchRows: random.pick([50, 200, 500, 2_000]),
      maxPackages: random.pick([1, 2, 4]),
      onComplete: random.pick(["delete", "delete", "delete", "archive"]),
    });
    const most = random.isLikely(0.3) ? 2 : 1;
    const cargo = new Cargo(station, `kills-${this.#seed}`, random.fork());
    process.stdout.write(
      `leg ${this.#seed}: ${this.#kills} kills, ${most} daemon${most > 1 ? "s" : ""}\n`,
    );
    try {
      for (let kill = 1; kill <= this.#kills && !isOver(this.#campaign); kill++) {
        await this.#round(station, cargo, most, kill === killsPerLeg);
      }
      await finishLeg(this.#campaign, station, this.#replay);
    } finally {
      await station.close();
    }
  }

  async #round(station: Station, cargo: Cargo, most: number, withServer: boolean): Promise<void> {
    const random = this.#random;
    await cargo.dropLines(random.between(500, 15_000));
    while (station.running.length < most) this.#timeFirstCommit(station, await station.start());
    const victim = this.#victim(station);
    if (random.isLikely(0.5)) await this.#disturb(station, victim);
    await randomMoment(victim, random);
    noticeDead(this.#campaign, station, this.#replay);
    if (withServer) await this.#killServer(station, victim);
    await this.#end(station, victim);
    this.#campaign.tally.count("kills");
    await this.#check(station);
  }

  /** Nearly always by kill -9. */
  async #end(station: Station, victim: Daemon): Promise<void> {
    const way = this.#random.next();
    if (!victim.isRunning) return; // It died with the server, or by itself, which was noticed.
    if (way < 0.1) await this.#replace(station, victim);
    // A process that has not yet run its first line ends by the signal itself.
    else if (way < 0.2 && victim.isReady) await stopDaemon(this.#campaign, victim, this.#replay);
    else await victim.kill9();
  }

  #victim(station: Station): Daemon {
    const [first, ...others] = station.running;
    if (first === undefined) throw new Error("no daemon runs");
    return this.#random.pick([first, ...others]);
  }

  async #disturb(station: Station, daemon: Daemon): Promise<void> {
    await randomMoment(daemon, this.#random);
    const fault = this.#random.pick(outsideFaults);
    this.#campaign.tally.count(`fault: ${fault}`);
    await carryOut(fault, station, daemon, this.#random);
  }

  /** The server dies alone or together with the daemon, and comes back. */
  async #killServer(station: Station, victim: Daemon): Promise<void> {
    this.#campaign.tally.count("kills of the server");
    for (const daemon of station.running) daemon.isDisturbed = true;
    const diesToo = this.#random.isLikely(0.5);
    await Promise.all([station.server.kill9(), diesToo ? victim.kill9() : undefined]);
    await elapsed(this.#random.between(0, 300));
    await station.server.startAgain();
    if (diesToo) return;
    const backAtMs = performance.now();
    const { network } = victim;
    const hadWork = await hasWork(station);
    await network.committed(network.commits + 1, AbortSignal.timeout(hadWork ? 60_000 : 0));
    if (hadWork && station.running.length === 1) {
      this.#campaign.tally.time(
        "server back to first commit",
        performance.now() - backAtMs,
        this.#replay,
      );
    }
  }

  /** A zombie: it stands still, is held for dead, and wakes up after a successor has taken over. */
  async #replace(station: Station, victim: Daemon): Promise<void> {
    this.#campaign.tally.count("fault: zombie");
    await victim.pause();
    await endSession(station, victim);
    const successor = await station.start();
    successor.isDisturbed = true;
    await successor.network.committed(this.#random.between(1, 5), AbortSignal.timeout(4_000));
    victim.resume();
    await elapsed(this.#random.between(0, 800));
    await victim.kill9();
  }

  async #check(station: Station): Promise<void> {
    noticeDead(this.#campaign, station, this.#replay);
    const isAtRest = station.running.length === 0;
    const check = isAtRest ? checkAtRest : checkMoment;
    this.#campaign.tally.add(await check(station.check), this.#replay);
  }

  /** From the start of a daemon to its first commit, if nothing comes between and there is work for it alone. */
  #timeFirstCommit(station: Station, daemon: Daemon): void {
    if (station.running.length > 1) return;
    const { tally } = this.#campaign;
    void daemon.network.committed(1, AbortSignal.timeout(60_000)).then(() => {
      if (daemon.isDoomed || daemon.isDisturbed || station.running.length > 1) return;
      tally.time(
        "daemon restart to first commit",
        performance.now() - daemon.startedAtMs,
        this.#replay,
      );
    });
  }
}
