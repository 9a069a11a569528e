// A throttle that holds nobody back but by the number of transactions.
import { Throttle } from "../../src/persister/throttle.ts";

export function freeThrottle(maxTransactions = 4): Throttle {
  return new Throttle({
    limits: () => ({ rowsPerSecond: 0, pauseMs: 0, share: 1 }),
    maxTransactions: { large: maxTransactions, small: maxTransactions },
  });
}

/** Between the pieces of a COPY. */
export const noRest = (): Promise<void> => Promise.resolve();
