// What happens every 20 seconds of a soak. One daemon lives from the first to the last minute and is only disturbed from
// outside; the other one is killed again and again.
import { carryOut, elapsed, endSession, outsideFaults } from "../campaigns/faults.ts";
import type { Random } from "../random.ts";
import type { Daemon } from "../stage/daemon.ts";
import type { Station } from "../stage/station.ts";

const kinds = [...outsideFaults, "kill", "kill server", "zombie"] as const;

/** @returns what was done, and the second daemon as it is now */
export async function oneFault(
  station: Station,
  steady: Daemon,
  other: Daemon,
  random: Random,
): Promise<{ readonly kind: (typeof kinds)[number]; readonly other: Daemon }> {
  const [first, ...more] = kinds;
  const kind = random.pick([first, ...more]);
  switch (kind) {
    case "kill":
      await other.kill9();
      return { kind, other: await station.start() };
    case "kill server":
      await station.server.kill9();
      await elapsed(random.between(0, 1_000));
      await station.server.startAgain();
      return { kind, other };
    case "zombie":
      await other.pause();
      await endSession(station, other);
      await elapsed(random.between(500, 4_000));
      other.resume();
      return { kind, other };
    default:
      await carryOut(kind, station, random.isLikely(0.5) ? steady : other, random);
      return { kind, other };
  }
}
