// A clock that stands still until a test moves it.
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/supervisor/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Wall clock time at the beginning of each test: 2024-01-01T00:00Z. */
export const beginningEpochMs = Date.UTC(2024, 0, 1);

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return beginningEpochMs + this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were set and neither went off nor were taken back. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer goes off; undefined if there is none. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next && next.dueMs - this.#nowMs;
  }

  /** Lets `ms` pass: timers go off in order, and what each one sets going comes to rest before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#next(); timer && timer.dueMs <= untilMs; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#nowMs = timer.dueMs;
      timer.callback();
      await reactions();
    }
    this.#nowMs = untilMs;
    await reactions();
  }

  #next(): Timer | undefined {
    return [...this.#timers].reduce<Timer | undefined>(
      (first, timer) => (first && first.dueMs <= timer.dueMs ? first : timer),
      undefined,
    );
  }
}

/**
 * Resolves when all that can happen without time or I/O has happened: the reactions to settled promises, and theirs.
 * Not a pause: the event loop comes to its next turn only when the queue of reactions is empty.
 */
export async function reactions(): Promise<void> {
  await setImmediate();
}
