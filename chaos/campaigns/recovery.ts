// How long recoveries take, the worst of many: a daemon's start until its first commit, after a stop and after a kill;
// the server's return until the next commit; SIGTERM until the exit, amid the loading. Each time there is work waiting.
import { Random } from "../random.ts";
import { Cargo } from "../stage/cargo.ts";
import type { Daemon } from "../stage/daemon.ts";
import type { Station } from "../stage/station.ts";
import type { Recovery } from "../tally.ts";
import { type Campaign, finishLeg, noticeDead, openStation, stopDaemon } from "./campaign.ts";
import { elapsed } from "./faults.ts";

/** Far beyond the goals, which the tally holds: a machine that is busy is slow, and says so by its figure. */
const limitMs = 60_000;

export async function recoveryCampaign(
  campaign: Campaign,
  rounds: number,
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  const replay = `npm run chaos -- --recovery ${rounds} --seed ${seed}`;
  const station = await openStation(campaign, { batchRows: 500 });
  const cargo = new Cargo(station, `recovery-${seed}`, random.fork());
  const timed = (daemon: Daemon, what: Recovery): Promise<void> =>
    timeNextCommit(campaign, daemon, what, replay);
  try {
    for (let round = 1; round <= rounds; round++) {
      await cargo.dropOne("large");
      const killed = await station.start();
      await timed(killed, "daemon restart to first commit");
      await elapsed(random.between(0, 200));
      await killed.kill9();
      const daemon = await station.start();
      await timed(daemon, "daemon restart to first commit");
      await restartServer(station, cargo, random);
      await timed(daemon, "server back to first commit");
      await elapsed(random.between(0, 200));
      await stopDaemon(campaign, daemon, replay);
      noticeDead(campaign, station, replay);
    }
    await finishLeg(campaign, station, replay);
  } finally {
    await station.close();
  }
}

/** New work comes while the server is away, so that there is some when it is back. */
async function restartServer({ server }: Station, cargo: Cargo, random: Random): Promise<void> {
  await server.kill9();
  await cargo.dropOne("middle");
  await elapsed(random.between(0, 2_000));
  await server.startAgain();
}

async function timeNextCommit(
  { tally }: Campaign,
  daemon: Daemon,
  what: Recovery,
  replay: string,
): Promise<void> {
  const startedAtMs =
    what === "daemon restart to first commit" ? daemon.startedAtMs : performance.now();
  const { network } = daemon;
  await network.committed(network.commits + 1, AbortSignal.timeout(limitMs));
  tally.time(what, performance.now() - startedAtMs, replay);
}
