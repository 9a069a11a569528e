// The one throttle of the process: which batch is written when, how many transactions write at a time, how many rows a
// second, and how long the server rests between them. Packages take turns (turns.ts). A batch is paid for before it is
// written, by the time for which somebody waits: over any time since the start no more rows are written than the
// ceiling allows, and idle time is not saved up. Its limits are asked for at each look, and may change at any time.
import { type Clock, longestDelayMs, systemClock } from "../supervisor/clock.ts";
import { type Turn, Turns } from "./turns.ts";

export interface ThrottleLimits {
  /** Over all packages; 0: none. */
  readonly rowsPerSecond: number;
  /** From one transaction's end to the next one's beginning, at least. */
  readonly pauseMs: number;
}

export interface ThrottleOptions {
  /** As they are at this moment. `changed` tells the throttle to ask again. */
  readonly limits: () => ThrottleLimits;
  /** Resolves when they are known; default: they are. Until then nothing is written. */
  readonly whenKnown?: (signal: AbortSignal) => Promise<void>;
  /** Transactions that write at the same time. */
  readonly maxTransactions: number;
  readonly clock?: Clock;
}

interface Waiting extends Turn {
  readonly begin: () => void;
}

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #clock: Clock;
  readonly #turns = new Turns<Waiting>();
  #running = 0;
  /** Rows paid for. */
  #credit = 0;
  /** The rate at which is paid since then. */
  #rowsPerSecond = 0;
  #paidAtMs: number;
  #endedAtMs = Number.NEGATIVE_INFINITY;
  #cancelTimer = (): void => {};

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#paidAtMs = this.#clock.nowMs();
  }

  /** Most rows that a batch may have under the ceiling: one second's worth. */
  get maxBatchRows(): number {
    const { rowsPerSecond } = this.#options.limits();
    return rowsPerSecond === 0 ? Number.POSITIVE_INFINITY : rowsPerSecond;
  }

  /** Batches that wait for their turn. */
  get waiting(): number {
    return this.#turns.size;
  }

  /**
   * Runs `work` in its turn, once its rows are paid for.
   * @param signal ends the wait, with its reason. Work that has begun is not cut short by it: whoever asked waits on.
   */
  async run<Result>(turn: Turn, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    if (this.#options.whenKnown !== undefined) await this.#options.whenKnown(signal);
    await this.#turnOf(turn, signal);
    try {
      return await work();
    } finally {
      this.#running--;
      this.#endedAtMs = this.#clock.nowMs();
      this.#look();
    }
  }

  /** The limits are others now. */
  changed(): void {
    this.#look();
  }

  #turnOf({ fileId, rows }: Turn, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#turns.remove(waiting);
        reject(signal.reason);
        this.#look();
      };
      const begin = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const waiting = { fileId, rows, begin };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#pay(); // Up to now: nobody pays for the time before it came.
      this.#turns.add(waiting);
      this.#look();
    });
  }

  /** Lets begin whoever may, and comes again when the next one may. */
  #look(): void {
    this.#pay();
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    while (this.#running < this.#maxTransactions) {
      const { next } = this.#turns;
      if (next === undefined) return;
      const waitMs = Math.max(this.#msToPay(next), this.#msToRest());
      if (waitMs > 0) {
        this.#cancelTimer = this.#clock.after(waitMs, () => this.#look());
        return;
      }
      this.#turns.take();
      this.#credit = this.#rowsPerSecond === 0 ? 0 : Math.max(0, this.#credit - next.rows);
      this.#running++;
      next.begin();
    }
  }

  /** There is no rest beside a transaction that writes. */
  get #maxTransactions(): number {
    return this.#options.limits().pauseMs > 0 ? 1 : this.#options.maxTransactions;
  }

  /** Time pays for who waits, at the rate that held meanwhile. */
  #pay(): void {
    const nowMs = this.#clock.nowMs();
    const paid = ((nowMs - this.#paidAtMs) / 1_000) * this.#rowsPerSecond;
    // No more than is waited for: a server that stood still is not flooded afterwards.
    this.#credit = Math.min(this.#credit + paid, this.#turns.mostRows);
    this.#paidAtMs = nowMs;
    this.#rowsPerSecond = this.#options.limits().rowsPerSecond;
  }

  #msToPay({ rows }: Turn): number {
    if (this.#rowsPerSecond === 0) return 0;
    return toTimer(((rows - this.#credit) / this.#rowsPerSecond) * 1_000);
  }

  #msToRest(): number {
    return toTimer(this.#endedAtMs + this.#options.limits().pauseMs - this.#clock.nowMs());
  }
}

/** Whole milliseconds, since a timer may go off up to one early; and it is looked again before the longest. */
function toTimer(ms: number): number {
  return Math.min(longestDelayMs, Math.max(0, Math.ceil(ms)));
}
