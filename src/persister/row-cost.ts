// What a row takes the server at best, learned from large transactions that nothing held up. Pure.

/** How fast the best is forgotten where it is not reached. */
const forgetting = 0.05;
/** One transaction alone may have met a stall of the disk, or a cold start: rests would be as long for hours. */
const sureAfter = 3;
/** After so many with rests one has none within, in which it is learned anew: about once a minute. */
const anewAfter = 60;

export class RowCost {
  #ms: number | undefined;
  #slowness: number | undefined;
  #learned = 0;
  #restedSince = 0;

  /** undefined until a transaction was seen. */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** What rests within a transaction may rely on. undefined: not yet, or it is to be learned anew by one without any. */
  get reliableMs(): number | undefined {
    const isSure = this.#learned >= sureAfter && this.#restedSince < anewAfter;
    return isSure ? this.#ms : undefined;
  }

  /** A transaction rested, and told nothing. */
  rested(): void {
    this.#restedSince++;
  }

  /** What the last transaction took by the best so far; asked for once. */
  takeSlowness(): number | undefined {
    const slowness = this.#slowness;
    this.#slowness = undefined;
    return slowness;
  }

  /** @param tookMs for so many rows */
  learn(rows: number, tookMs: number): void {
    this.#learned++;
    this.#restedSince = 0;
    const ms = tookMs / rows;
    const best = this.#ms ?? ms;
    this.#slowness = ms / best;
    // What is better holds at once; what is worse, as of a table that has grown, by and by.
    this.#ms = ms < best ? ms : best + (ms - best) * forgetting;
  }
}
