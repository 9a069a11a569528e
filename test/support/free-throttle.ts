// A throttle that holds nobody back but by the number of transactions.
import { type Pacing, Throttle } from "../../src/persister/throttle.ts";

export function freeThrottle(maxTransactions = 4): Throttle {
  return new Throttle({
    limits: () => ({ rowsPerSecond: 0, pauseMs: 0, share: 1 }),
    maxTransactions: { large: maxTransactions, small: maxTransactions },
  });
}

/** All at once, and no rest in between. */
export const noRest: Pacing = {
  pieceRows: Number.POSITIVE_INFINITY,
  rest: () => Promise.resolve(),
  restedMs: 0,
};
