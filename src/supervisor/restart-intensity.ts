// How many restarts are too many (R5). It only counts: what the supervisor does about it is not decided here.
import type { ResolvedBudget } from "./spec-validation.ts";

export class RestartIntensity {
  readonly #maxRestarts: number;
  readonly #windowMs: number;
  /** When there were restarts, oldest first: never more than `maxRestarts` + 1. */
  #timesMs: number[] = [];

  constructor({ maxRestarts, maxSeconds }: ResolvedBudget) {
    this.#maxRestarts = maxRestarts;
    this.#windowMs = maxSeconds * 1_000;
  }

  /** Notes a restart about to be made, and says whether it may be. One exactly `maxSeconds` ago still counts. */
  allows(nowMs: number): boolean {
    this.#timesMs = this.#timesMs.filter((timeMs) => nowMs - timeMs <= this.#windowMs);
    this.#timesMs.push(nowMs);
    return this.#timesMs.length <= this.#maxRestarts;
  }
}
