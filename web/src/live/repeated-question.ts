// A question that is asked again and again: every few seconds, and soon after something has happened. One at a time,
// and one for all that has happened meanwhile.

export interface Pace {
  readonly everyMs: number;
  readonly soonMs: number;
}

export interface Question {
  /** Asks, and never rejects. */
  ask(): Promise<void>;
  /** Nobody looks: it may wait. */
  isIdle(): boolean;
}

export class RepeatedQuestion {
  readonly #question: Question;
  readonly #pace: Pace;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #isAsking = false;
  /** Something happened that the answer under way may not know. */
  #isOld = false;

  constructor(question: Question, pace: Pace) {
    this.#question = question;
    this.#pace = pace;
  }

  async askNow(): Promise<void> {
    this.#isOld = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    await this.#question.ask();
    this.#isAsking = false;
    this.#schedule(this.#isOld ? this.#pace.soonMs : this.#pace.everyMs);
  }

  askSoon(): void {
    if (this.#isAsking) this.#isOld = true;
    else if (performance.now() + this.#pace.soonMs < this.#dueAtMs)
      this.#schedule(this.#pace.soonMs);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#dueAtMs = performance.now() + ms;
    this.#timer = setTimeout(() => {
      if (this.#question.isIdle()) this.#schedule(this.#pace.everyMs);
      else void this.askNow();
    }, ms);
  }
}
