// Time as supervision needs it, so that a test can move it by hand. Not for time stamps of data.
import { performance } from "node:perf_hooks";

export interface Clock {
  /** Milliseconds of a monotonic clock, from an unknown beginning: only differences mean anything. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01T00:00Z, for people to read. It may jump: nothing is decided by it. */
  epochMs(): number;
  /**
   * Calls `callback` once, `ms` from now, and returns what takes it back. A timer holds the process open.
   *
   * @throws {RangeError} `ms` is not between 0 and `longestDelayMs`
   */
  after(ms: number, callback: () => void): () => void;
}

/** The longest a Node.js timer can wait, 24.8 days: a longer one would fire at once. */
export const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  after(ms, callback) {
    if (!(ms >= 0 && ms <= longestDelayMs)) {
      throw new RangeError(`expected a delay of 0 to ${longestDelayMs} ms, got ${ms}`);
    }
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
