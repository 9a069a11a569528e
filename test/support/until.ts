// Waits for what cannot be awaited: a state of the database or of another process, looked at again and again, with a
// deadline.
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 10;

/** Resolves with what `condition` gives as soon as that is neither undefined nor false. */
export async function until<Result>(
  what: string,
  condition: () => Promise<Result | undefined | false> | Result | undefined | false,
  limitMs = 10_000,
): Promise<Result> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > deadlineMs) throw new Error(`not seen in ${limitMs} ms: ${what}`);
    await delay(pollMs);
  }
}
