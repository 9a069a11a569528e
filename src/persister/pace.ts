// The pace of one transaction: rests between the pieces of its COPY, so that the work of a large commit is spread over
// the time that it may take. Others are disturbed by what is done at once; the commit stays as large as it is.
import type { Clock } from "../supervisor/clock.ts";

/** No timer is finer. The rests of very small pieces add up until they are as long. */
const shortestRestMs = 1;
/**
 * From one piece to the next, where there is to be rest: as short as timers allow. Others wait for the work on a piece
 * wherever no processor is free, and to flush its log.
 */
const cycleMs = 1.25;
/** A delay is made up for by shorter rests, and not by a piece without one; a longer delay than that is not. */
const mostBehindMs = 20;
/** So that a change of mind is felt soon. */
const longestRestMs = 500;

export class Pace {
  readonly #clock: Clock;
  readonly #share: () => number;
  readonly #msPerRow: number | undefined;
  readonly #signal: AbortSignal;
  readonly #begunAtMs: number;
  /** When what was sent so far is to be done. */
  #dueMs: number;
  #restedMs = 0;
  /** Sent since the last rest. */
  #rows = 0;

  /** @param share of the time, how much may be worked @param msPerRow what a row takes; undefined: not known, and there is no rest @param signal ends all rests */
  constructor(
    clock: Clock,
    share: () => number,
    msPerRow: number | undefined,
    signal: AbortSignal,
  ) {
    this.#clock = clock;
    this.#share = share;
    this.#msPerRow = msPerRow;
    this.#signal = signal;
    this.#begunAtMs = clock.nowMs();
    this.#dueMs = this.#begunAtMs;
  }

  /** Since the beginning. */
  get elapsedMs(): number {
    return this.#clock.nowMs() - this.#begunAtMs;
  }

  get restedMs(): number {
    return this.#restedMs;
  }

  /** Rows to be sent at once. */
  get pieceRows(): number {
    const share = this.#share();
    if (share >= 1 || this.#msPerRow === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(1, Math.ceil((cycleMs * share) / this.#msPerRow));
  }

  /** After so many rows were sent. */
  async rest(rows: number): Promise<void> {
    const share = this.#share();
    const beganMs = this.#clock.nowMs();
    if (share >= 1 || this.#msPerRow === undefined) {
      this.#dueMs = beganMs;
      return;
    }
    this.#dueMs = Math.max(this.#dueMs, beganMs - mostBehindMs) + (rows * this.#msPerRow) / share;
    this.#rows += rows;
    const restMs = Math.min(longestRestMs, this.#dueMs - beganMs);
    const isTooSoon = restMs < shortestRestMs && this.#rows < this.pieceRows / 2;
    if (isTooSoon || this.#signal.aborted) return;
    this.#rows = 0;
    await sleep(this.#clock, Math.max(shortestRestMs, restMs), this.#signal);
    this.#restedMs += this.#clock.nowMs() - beganMs;
  }
}

/** Resolves after that time, or as soon as the signal is aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
