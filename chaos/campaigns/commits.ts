// COMMITs whose answer does not come: swallowed, reset, late, or answered by ROLLBACK. What the daemon then believes
// must be what the tables say. Each way has a station of its own; every second one has no primary keys, so that the
// epoch and the checkpoint stand alone.
import { checkMoment } from "../checker/check.ts";
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import type { Daemon } from "../stage/daemon.ts";
import type { CommitFault } from "../stage/network.ts";
import type { Station } from "../stage/station.ts";
import { type Campaign, finishLeg, isOver, noticeDead, openStation } from "./campaign.ts";
import { elapsed } from "./faults.ts";

/** A commit takes as long as a table says: so long that the daemon's next question comes before its end. */
const slowCommits = `
  CREATE TABLE slowness (seconds float8); INSERT INTO slowness VALUES (0);
  CREATE FUNCTION wait_a_little() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(seconds) FROM slowness; RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER slow_commit AFTER UPDATE ON files DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.checkpoint_line <> NEW.checkpoint_line) EXECUTE FUNCTION wait_a_little()`;
/** Longer than a busy machine takes to connect anew. */
const slowSeconds = 1.5;

const faultsPerLeg = 25;
const fewestLinesLeft = 2_000;
const limitMs = 60_000;

/** @param commits of each way that is swallowed or reset; half as many late ones, a tenth that is rolled back. */
export async function commitCampaign(
  campaign: Campaign,
  commits: number,
  seed: number,
): Promise<void> {
  const ways = [
    ["swallow", commits],
    ["reset", commits],
    ["late", Math.ceil(commits / 2)],
    ["rollback", Math.ceil(commits / 10)],
  ] as const;
  let legSeed = seed;
  for (const [way, count] of ways) {
    for (let done = 0; done < count; done += faultsPerLeg) {
      const leg = new CommitLeg(
        campaign,
        way,
        legSeed++,
        `npm run chaos -- --commits ${commits} --seed ${seed}`,
      );
      for (const withKeys of [true, false]) {
        if (isOver(campaign)) return;
        await leg.run(Math.ceil(Math.min(faultsPerLeg, count - done) / 2), withKeys);
      }
      campaign.tally.progress(`COMMITs: ${way}`, Math.min(done + faultsPerLeg, count), count);
    }
  }
}

class CommitLeg {
  readonly #campaign: Campaign;
  readonly #way: CommitFault;
  readonly #random: Random;
  readonly #mark: string;
  readonly #replay: string;

  constructor(campaign: Campaign, way: CommitFault, seed: number, replay: string) {
    this.#campaign = campaign;
    this.#way = way;
    this.#random = new Random(seed);
    this.#mark = `commits-${seed}`;
    this.#replay = replay;
  }

  async run(count: number, withKeys: boolean): Promise<void> {
    const station = await openStation(this.#campaign, { batchRows: this.#random.pick([100, 300]) });
    try {
      if (this.#way === "late") await station.alter(slowCommits);
      if (!withKeys) await station.dropKeys();
      const cargo = new Cargo(station, this.#mark, this.#random.fork());
      const daemon = await station.start();
      for (let n = 0; n < count && !isOver(this.#campaign); n++)
        await this.#failOne(station, cargo, daemon);
      await finishLeg(this.#campaign, station, this.#replay);
    } finally {
      await station.close();
    }
  }

  async #failOne(station: Station, cargo: Cargo, daemon: Daemon): Promise<void> {
    const { network } = daemon;
    const { tally } = this.#campaign;
    await cargo.dropLines(this.#random.between(fewestLinesLeft / 4, fewestLinesLeft));
    const before = network.faultsDone;
    // Not always the very next one: the last of a package, too, and two in a row.
    await network.committed(network.commits + this.#random.below(4), AbortSignal.timeout(500));
    const isLate = this.#way === "late";
    if (isLate) await station.alter(`UPDATE slowness SET seconds = ${slowSeconds}`);
    network.failNextCommit(this.#way);
    await network.failed(before + 1, AbortSignal.timeout(limitMs));
    if (isLate) await elapsed(slowSeconds * 500); // It has looked by now how long it is to take.
    if (isLate) await station.alter("UPDATE slowness SET seconds = 0");
    noticeDead(this.#campaign, station, this.#replay);
    if (network.faultsDone > before) tally.count(`COMMITs: ${this.#way}`);
    else {
      const said = `no COMMIT in ${limitMs} ms\n${daemon.lastWords()}`;
      tally.add([{ kind: "stuck", check: "I9", subject: station.database, said }], this.#replay);
    }
    tally.add(await checkMoment(station.check), this.#replay);
  }
}
