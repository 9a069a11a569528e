// A long run: two daemons on one folder, load at half and at one and a half times what they can take, a fault every 20
// seconds, the invariants every 5. It goes in laps: after each one everything must be loaded and equal the manifest,
// and the tables are cleared, so that the checks stay fast however long it runs.
import { type Campaign, finishLeg, noticeDead, openStation } from "../campaigns/campaign.ts";
import { elapsed } from "../campaigns/faults.ts";
import { checkMoment, checkTables } from "../checker/check.ts";
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import type { Daemon } from "../stage/daemon.ts";
import { untilSettled } from "../stage/settled.ts";
import type { Station } from "../stage/station.ts";
import { Feeder } from "./feeder.ts";
import { type Reading, readGauge, slopeMbPerMinute } from "./gauge.ts";
import { oneFault } from "./soak-faults.ts";

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  /** What the daemon takes of its machine is not compared: for that it has to rest for minutes. */
  readonly isShort?: boolean;
}

const faultEveryMs = 20_000;
const checkEveryMs = 5_000;
const lapMs = 40_000;
const warmUpLines = 60_000;
const lastLines = 10_000;
/** More than this the generator does not make beside everything else on two cores. */
const mostLinesPerSecond = 12_000;
const warmUpShare = 0.25;
/** A slope says something only over a long time. */
const fewestMinutesForSlope = 10;
const slopeLimitMbPerMinute = 1;
const idleMs = 30_000;
/** Threads and idle connections are let go after a minute at most. */
const quietMs = 240_000;

export class Soak {
  readonly #campaign: Campaign;
  readonly #options: SoakOptions;
  readonly #random: Random;
  readonly #replay: string;
  readonly #readings: Reading[] = [];
  readonly #startedAtMs = performance.now();

  constructor(campaign: Campaign, options: SoakOptions) {
    this.#campaign = campaign;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#replay = `npm run soak -- --minutes ${options.minutes} --seed ${options.seed}`;
  }

  async run(): Promise<void> {
    const { minutes, isShort = false } = this.#options;
    const station = await openStation(this.#campaign, { batchRows: 2_000, maxPackages: 4 });
    try {
      const steady = await station.start();
      await steady.ready();
      const before = isShort ? undefined : await this.#baseLine(station, steady);
      let other = await station.start();
      const capacity = await this.#warmUp(station);
      const endMs = performance.now() + minutes * 60_000;
      for (let lap = 1; performance.now() < endMs; lap++) {
        other = await this.#lap(station, steady, other, capacity, lap);
      }
      if (before !== undefined) await this.#compare(station, steady, before);
      // After the quiet they still load as at the beginning.
      await new Cargo(station, "end", this.#random.fork()).dropLines(lastLines);
      await finishLeg(this.#campaign, station, this.#replay);
    } finally {
      await station.close();
    }
  }

  /** What a daemon takes that has nothing to do; now and then it asks the database, and keeps a connection for that. */
  async #baseLine(station: Station, daemon: Daemon): Promise<Reading> {
    let most = await readGauge(station, daemon);
    for (const end = performance.now() + idleMs; performance.now() < end; await elapsed(500)) {
      const now = await readGauge(station, daemon);
      most = {
        ...now,
        descriptors: Math.max(most.descriptors, now.descriptors),
        connections: Math.max(most.connections, now.connections),
      };
    }
    return most;
  }

  /** @returns lines a second that go through, with everything else on this machine */
  async #warmUp(station: Station): Promise<number> {
    await new Cargo(station, "warm-up", this.#random.fork()).dropLines(warmUpLines);
    const startedAtMs = performance.now();
    await this.#settle(station);
    const lines = Math.round(warmUpLines / ((performance.now() - startedAtMs) / 1_000));
    const capacity = Math.min(lines, mostLinesPerSecond);
    process.stdout.write(`${lines} lines a second go through, ${capacity} count as capacity\n`);
    return capacity;
  }

  async #lap(
    station: Station,
    steady: Daemon,
    other: Daemon,
    capacity: number,
    lap: number,
  ): Promise<Daemon> {
    const feeder = new Feeder(new Cargo(station, `lap-${lap}`, this.#random.fork()));
    const startedAtMs = performance.now();
    let [faultAtMs, checkAtMs] = [startedAtMs + faultEveryMs / 2, startedAtMs];
    for (let nowMs = startedAtMs; nowMs < startedAtMs + lapMs; nowMs = performance.now()) {
      feeder.linesPerSecond = capacity * (nowMs < startedAtMs + lapMs / 2 ? 0.5 : 1.5);
      this.#campaign.tally.count("lines dropped", await feeder.feed());
      if (nowMs >= checkAtMs) {
        checkAtMs += checkEveryMs;
        await this.#check(station, steady);
      }
      if (nowMs >= faultAtMs) {
        faultAtMs += faultEveryMs;
        const done = await oneFault(station, steady, other, this.#random);
        other = done.other;
        this.#campaign.tally.count(`fault: ${done.kind}`);
      }
      await elapsed(50);
    }
    await this.#settle(station);
    const minutes = ((performance.now() - this.#startedAtMs) / 60_000).toFixed(1);
    process.stdout.write(
      `lap ${lap}, after ${minutes} minutes: ${this.#readings.at(-1)?.rssMb.toFixed(0)} MB, ${this.#campaign.tally.findings.length} findings\n`,
    );
    return other;
  }

  async #settle(station: Station): Promise<void> {
    const { tally } = this.#campaign;
    const left = await untilSettled(station);
    noticeDead(this.#campaign, station, this.#replay);
    if (left !== undefined) {
      tally.add(
        [{ kind: "stuck", check: "I9", subject: station.database, said: left }],
        this.#replay,
      );
    }
    tally.add(await checkTables(station.check), this.#replay);
    tally.count("checks against the manifest");
    await station.clear();
  }

  async #check(station: Station, steady: Daemon): Promise<void> {
    const { tally } = this.#campaign;
    noticeDead(this.#campaign, station, this.#replay);
    tally.add(await checkMoment(station.check), this.#replay);
    tally.count("checks of the invariants");
    this.#readings.push(await readGauge(station, steady));
  }

  /** Memory over the whole run; descriptors and connections after a while without any load. */
  async #compare(station: Station, steady: Daemon, before: Reading): Promise<void> {
    const { tally } = this.#campaign;
    const slope = slopeMbPerMinute(this.#readings, warmUpShare);
    const now = await this.#quiet(station, steady, before);
    const rss = this.#readings.map(({ rssMb }) => rssMb);
    tally.note(
      "memory at the start, most, at the end",
      `${[before.rssMb, Math.max(...rss), now.rssMb].map(Math.round).join(" ")} MB`,
    );
    tally.note("memory slope after warm-up", `${slope.toFixed(2)} MB/min`);
    tally.note("descriptors at the start and the end", `${before.descriptors} ${now.descriptors}`);
    tally.note("connections at the start and the end", `${before.connections} ${now.connections}`);
    const isLong = this.#options.minutes >= fewestMinutesForSlope;
    if (isLong && slope > slopeLimitMbPerMinute)
      this.#grown(`memory by ${slope.toFixed(2)} MB a minute`);
    if (now.descriptors > before.descriptors) this.#grown(`descriptors to ${now.descriptors}`);
    if (now.connections > before.connections) this.#grown(`connections to ${now.connections}`);
  }

  async #quiet(station: Station, steady: Daemon, before: Reading): Promise<Reading> {
    const limit = AbortSignal.timeout(quietMs);
    for (;;) {
      const now = await readGauge(station, steady);
      const isBack = now.descriptors <= before.descriptors && now.connections <= before.connections;
      if (isBack || limit.aborted) return now;
      await elapsed(1_000);
    }
  }

  #grown(said: string): void {
    this.#campaign.tally.add(
      [{ kind: "grown", check: "I10", subject: "the steady daemon", said }],
      this.#replay,
    );
  }
}
