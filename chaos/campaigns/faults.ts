// Faults from outside that a daemon must survive: what happens to it, to its network and to the server while it loads.
import type { Random } from "../random.ts";
import type { Daemon } from "../stage/daemon.ts";
import type { Station } from "../stage/station.ts";

export const outsideFaults = [
  "pause",
  "terminate",
  "cut",
  "swallow",
  "reset",
  "late",
  "away",
] as const;
export type OutsideFault = (typeof outsideFaults)[number];

export async function carryOut(
  fault: OutsideFault,
  station: Station,
  daemon: Daemon,
  random: Random,
): Promise<void> {
  for (const one of station.running) one.isDisturbed = true;
  switch (fault) {
    case "pause":
      await daemon.pause();
      await elapsed(random.between(50, 1_000));
      return daemon.resume();
    case "terminate":
      return terminateBackends(station, random);
    case "cut":
      return daemon.network.cut();
    case "swallow":
    case "reset":
    case "late":
      return daemon.network.failNextCommit(fault);
    case "away":
      await daemon.network.close();
      await elapsed(random.between(50, 500));
      return daemon.network.open();
  }
}

/** Each backend of the station's daemons, with even chances. */
async function terminateBackends({ server, database }: Station, random: Random): Promise<void> {
  const backends = await server.admin<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'downlink%'",
    [database],
  );
  const chosen = backends.filter(() => random.isLikely(0.5)).map(({ pid }) => pid);
  await server.admin("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [chosen]);
}

/** Ends the connection that holds a daemon's locks, and no other: the others then hold it for dead. */
export async function endSession({ server }: Station, { network }: Daemon): Promise<void> {
  await server.admin(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'downlink session' AND client_port = ANY ($1)`,
    [network.clientPorts],
  );
}

/** The random moment is the experiment; nothing is waited for by it. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A moment while a daemon loads: after a time, or shortly after one of its next commits. */
export async function randomMoment(daemon: Daemon, random: Random): Promise<void> {
  if (random.isLikely(0.3)) return elapsed(random.between(0, 1_500));
  const limit = AbortSignal.timeout(3_000);
  await daemon.network.committed(daemon.network.commits + random.between(1, 12), limit);
  await elapsed(random.next() * 25);
}
