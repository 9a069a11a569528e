// What a daemon that lives long takes of its machine: memory, descriptors, connections. Memory may rise and fall; what
// counts is its slope over the whole run, and that everything else is back at its base line in the end.
import type { Daemon } from "../stage/daemon.ts";
import type { Station } from "../stage/station.ts";

export interface Reading {
  readonly atMs: number;
  readonly rssMb: number;
  readonly descriptors: number;
  readonly connections: number;
}

export async function readGauge(station: Station, daemon: Daemon): Promise<Reading> {
  const rows = await station.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE client_port = ANY ($1)",
    [daemon.network.clientPorts],
  );
  return { atMs: performance.now(), ...(await daemon.usage()), connections: rows[0]?.n ?? 0 };
}

/** Megabytes a minute that memory grows, as the line that fits best; the first part is warm-up and does not count. */
export function slopeMbPerMinute(readings: readonly Reading[], warmUpShare: number): number {
  const counted = readings.slice(Math.floor(readings.length * warmUpShare));
  const minutes = counted.map(({ atMs }) => atMs / 60_000);
  const meanMinutes = mean(minutes);
  const meanMb = mean(counted.map(({ rssMb }) => rssMb));
  let together = 0;
  let squares = 0;
  for (const [at, { rssMb }] of counted.entries()) {
    const distance = (minutes[at] ?? 0) - meanMinutes;
    together += distance * (rssMb - meanMb);
    squares += distance * distance;
  }
  return squares === 0 ? 0 : together / squares;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
