// The one throttle of the process: how many transactions write at a time, and how many rows a second. Packages take
// turns, since each has one batch waiting at most. A batch pays for its rows before it is written, so that over any
// time since the start no more than the ceiling was written; idle time is not saved up.
import { setTimeout as delay } from "node:timers/promises";
import PQueue from "p-queue";

export interface ThrottleOptions {
  /** Over all packages; 0: none. */
  readonly maxRowsPerSecond: number;
  /** Transactions that write at the same time. */
  readonly maxTransactions: number;
  /** Milliseconds of a monotonic clock. */
  readonly nowMs?: () => number;
}

export class Throttle {
  readonly #queue: PQueue;
  readonly #maxRowsPerSecond: number;
  readonly #nowMs: () => number;
  #paidUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ maxRowsPerSecond, maxTransactions, nowMs }: ThrottleOptions) {
    this.#queue = new PQueue({ concurrency: maxTransactions });
    this.#maxRowsPerSecond = maxRowsPerSecond;
    this.#nowMs = nowMs ?? (() => performance.now());
  }

  /** Most rows that a batch may have under the ceiling: one second's worth. */
  get maxBatchRows(): number {
    return this.#maxRowsPerSecond === 0 ? Number.POSITIVE_INFINITY : this.#maxRowsPerSecond;
  }

  /** Batches that wait for their turn. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Runs `work` in its turn, once its rows are paid for.
   * @param signal ends the wait, with its reason. Work that has begun is not cut short by it: whoever asked waits on.
   */
  async run<Result>(
    rows: number,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const waiting = new AbortController();
    const giveUp = (): void => waiting.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    const turn = async (): Promise<Result> => {
      await this.#pay(rows, signal);
      signal.removeEventListener("abort", giveUp); // The queue would drop the result of work that it let begin.
      return work();
    };
    try {
      signal.throwIfAborted();
      return await this.#queue.add(turn, { signal: waiting.signal });
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  async #pay(rows: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#maxRowsPerSecond === 0 || rows === 0) return;
    const nowMs = this.#nowMs();
    const costMs = (rows / this.#maxRowsPerSecond) * 1_000;
    const paidMs = Math.max(nowMs, this.#paidUntilMs) + costMs;
    this.#paidUntilMs = paidMs;
    // A timer may go off up to a millisecond early.
    for (let leftMs = paidMs - nowMs; leftMs > 0; leftMs = paidMs - this.#nowMs()) {
      await delay(Math.ceil(leftMs), undefined, { signal });
    }
  }
}
