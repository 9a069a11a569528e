// Those who wait for an answer of one component. However a wait ends (answer, limit, signal, the receiver's end) it
// ends once and leaves no timer and no listener behind. How the question gets to the receiver is not known here.
import { CallTimeoutError } from "../errors.ts";
import type { Clock } from "./clock.ts";

/** Hands in the answer. The first counts; one that comes after the wait has ended is dropped. */
export type Reply<Answer> = (answer: Answer) => void;

export interface Wait {
  /** What was asked and of whom: the beginning of the sentence if nothing comes of it. */
  readonly what: string;
  readonly limitMs: number; // Infinity: as long as the receiver lives.
  readonly signal?: AbortSignal | undefined; // Ends the wait with its reason.
}

export class Callers {
  readonly #clock: Clock;
  // One set, not a reaction to `exited` for each call: reactions to a promise that is pending for months pile up.
  readonly #waiting = new Set<(error: unknown) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param send sends the question; a rejection is the caller's. Its signal is aborted when the wait is over.
   */
  ask<Answer>(
    { what, limitMs, signal }: Wait,
    send: (reply: Reply<Answer>, over: AbortSignal) => Promise<void>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const end = (finish: () => void): void => {
        if (over.signal.aborted) return;
        cancelTimer();
        signal?.removeEventListener("abort", abandon);
        this.#waiting.delete(fail);
        over.abort();
        finish();
      };
      const fail = (error: unknown): void => end(() => reject(error));
      const abandon = (): void => fail(signal?.reason);
      const cancelTimer = this.#limit(limitMs, () =>
        fail(new CallTimeoutError(`${what}: no answer within ${limitMs} ms`)),
      );
      this.#waiting.add(fail);
      signal?.addEventListener("abort", abandon, { once: true });
      if (signal?.aborted) abandon();
      else send((answer) => end(() => resolve(answer)), over.signal).catch(fail);
    });
  }

  /** Answers all who wait with the same error: nobody else is going to. */
  failAll(error: Error): void {
    for (const fail of this.#waiting) fail(error);
  }

  #limit(ms: number, callback: () => void): () => void {
    return ms === Number.POSITIVE_INFINITY ? () => {} : this.#clock.after(ms, callback);
  }
}
