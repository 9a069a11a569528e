// The pause between two tries of something that is away: longer with each failure, never longer than a bound, and
// never in step with others who wait for the same.
import { setTimeout as delay } from "node:timers/promises";

const firstMs = 100;
const longestMs = 3_000;

/** Half of it fixed, half of it chance. @param failures how many tries have failed in a row, at least 1 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return (wholeMs / 2) * (1 + random());
}

/** Waits `ms`, or less: the signal ends the wait early. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
