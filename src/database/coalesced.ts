// Many small questions as few large ones: what is asked while an answer is under way goes together in the next one.
// Nobody waits for a batch to fill, unless it was said that there is time.
import { setTimeout as delay } from "node:timers/promises";

/** Answers all items with one statement; the answers in the order of the items. */
export type AnswerAll<Item, Answer> = (items: readonly Item[]) => Promise<readonly Answer[]>;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class Coalesced<Item, Answer> {
  readonly #answerAll: AnswerAll<Item, Answer>;
  readonly #maxItems: number;
  readonly #gatherMs: number;
  #waiting: Waiting<Item, Answer>[] = [];
  #isAsking = false;

  /**
   * @param maxItems most items of one statement; the rest goes with the next. Whoever asks bounds the line.
   * @param gatherMs how long the first one waits for others.
   */
  constructor(answerAll: AnswerAll<Item, Answer>, maxItems: number, gatherMs = 0) {
    this.#answerAll = answerAll;
    this.#maxItems = maxItems;
    this.#gatherMs = gatherMs;
  }

  /** @throws what the statement threw, for everyone who was in it */
  ask(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    if (this.#gatherMs > 0) await delay(this.#gatherMs, undefined, { ref: false });
    while (this.#waiting.length > 0) {
      const asked = this.#waiting.splice(0, this.#maxItems);
      await this.#askTogether(asked);
    }
    this.#isAsking = false;
  }

  async #askTogether(asked: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#answerAll(asked.map(({ item }) => item));
      if (answers.length !== asked.length) {
        throw new RangeError(`expected ${asked.length} answers, got ${answers.length}`);
      }
      for (const [at, answer] of answers.entries()) asked[at]?.resolve(answer);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
