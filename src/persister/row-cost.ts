// What a row takes the server at best, learned from large transactions that nothing held up. Pure.

/** How fast the best is forgotten where it is not reached. */
const forgetting = 0.05;

export class RowCost {
  #ms: number | undefined;
  #slowness: number | undefined;

  /** undefined until a transaction was seen. */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** What the last transaction took by the best so far; asked for once. */
  takeSlowness(): number | undefined {
    const slowness = this.#slowness;
    this.#slowness = undefined;
    return slowness;
  }

  /** @param tookMs for so many rows */
  learn(rows: number, tookMs: number): void {
    const ms = tookMs / rows;
    const best = this.#ms ?? ms;
    this.#slowness = ms / best;
    // What is better holds at once; what is worse, as of a table that has grown, by and by.
    this.#ms = ms < best ? ms : best + (ms - best) * forgetting;
  }
}
