// An answer that may be a little old: whoever asks while it is fresh, or while it is being fetched, gets the same one.
// A failure is not kept.

export class Recent<Answer> {
  readonly #fetch: () => Promise<Answer>;
  readonly #freshMs: number;
  readonly #nowMs: () => number;
  #answer: Promise<Answer> | undefined;
  #fetchedMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs milliseconds of a monotonic clock */
  constructor(fetch: () => Promise<Answer>, freshMs: number, nowMs = () => performance.now()) {
    this.#fetch = fetch;
    this.#freshMs = freshMs;
    this.#nowMs = nowMs;
  }

  get(): Promise<Answer> {
    if (this.#answer !== undefined && this.#nowMs() - this.#fetchedMs < this.#freshMs) {
      return this.#answer;
    }
    const answer = this.#fetch();
    this.#answer = answer;
    this.#fetchedMs = Number.POSITIVE_INFINITY; // Fresh as long as it is on its way.
    answer.then(
      () => {
        this.#fetchedMs = this.#nowMs();
      },
      () => {
        this.#answer = undefined;
      },
    );
    return answer;
  }
}
