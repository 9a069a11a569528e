// How fast a package's rows are prepared where others use the server: a little faster than they are written. Without it
// a whole batch would be read and parsed at once, as soon as there is room for it, and take the processors from others
// meanwhile.
import type { Clock } from "../supervisor/clock.ts";
import { sleep } from "./pace.ts";

/** Rows are prepared so many times as fast as they are written, so that nobody waits for them. */
const preparedBy = 1.5;
const longestWaitMs = 500;
/** Shorter waits are not worth a timer: they add up. */
const shortestWaitMs = 2;
/** Of a delay so much is made up for. */
const mostBehindMs = 20;

export class Spread {
  readonly #clock: Clock;
  readonly #msPerRow: () => number | undefined;
  readonly #signal: AbortSignal;
  /** When the next rows are to be prepared. */
  #dueMs = Number.NEGATIVE_INFINITY;

  /** @param msPerRow from one row's writing to the next one's, as it is now; undefined: as fast as can be @param signal ends all waits */
  constructor(clock: Clock, msPerRow: () => number | undefined, signal: AbortSignal) {
    this.#clock = clock;
    this.#msPerRow = msPerRow;
    this.#signal = signal;
  }

  /** To be called when so many rows were prepared, before the next ones are. */
  async after(rows: number): Promise<void> {
    const msPerRow = this.#msPerRow();
    if (msPerRow === undefined || this.#signal.aborted) return;
    const nowMs = this.#clock.nowMs();
    this.#dueMs = Math.max(this.#dueMs, nowMs - mostBehindMs) + (rows * msPerRow) / preparedBy;
    const waitMs = Math.min(longestWaitMs, this.#dueMs - nowMs);
    if (waitMs >= shortestWaitMs) await sleep(this.#clock, waitMs, this.#signal);
  }
}
