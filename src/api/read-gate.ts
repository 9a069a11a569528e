// How much of the database the onlookers get. While packages are loaded they share a budget of its time, a fraction of
// every second, and wait for their turn when it is used up: two hundred of them slow each other down and not the
// loading. A few never wait long, whatever the budget: it is for a crowd, and a person at night is none.
import { setTimeout as delay } from "node:timers/promises";
import PQueue from "p-queue";
import { problem } from "./problems.ts";

export interface ReadGateOptions {
  /** Whether the loading needs the database now. */
  readonly isLoading: () => boolean;
  /** Seconds of asking in a second of loading. Default 0.05. */
  readonly share?: number;
  /** Milliseconds of a monotonic clock. */
  readonly nowMs?: () => number;
}

/** Questions at the same time; there are as many connections. */
const atOnce = 3;
const mostWaiting = 1_000;
const longestWaitMs = 60_000;
/** What was not asked while nothing was loaded is no reason to take a second of the next load's. */
const mostSavedMs = { idle: 1_000, loading: 100 };
/** What a few have taken beyond the budget is not charged to those who come later. */
const mostOwedMs = 2_000;
/** With no more than so many in line there is no crowd, and nobody waits longer than that. */
const few = { inLine: 4, longestWaitMs: 750 };
/** Between two looks at the budget and the line. */
const lookMs = 100;

export class ReadGate {
  readonly #queue = new PQueue({ concurrency: atOnce });
  readonly #isLoading: () => boolean;
  readonly #share: number;
  readonly #nowMs: () => number;
  #budgetMs = mostSavedMs.idle;
  #accountedMs: number;

  constructor({ isLoading, share = 0.05, nowMs = () => performance.now() }: ReadGateOptions) {
    this.#isLoading = isLoading;
    this.#share = share;
    this.#nowMs = nowMs;
    this.#accountedMs = nowMs();
  }

  /** Runs `ask` in its turn. @throws {ProblemError} too_many_requests, before it has begun */
  async run<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.#queue.size >= mostWaiting) throw tooMany();
    const cameMs = this.#nowMs();
    return this.#queue.add(async () => {
      await this.#untilAffordable(cameMs);
      if (this.#nowMs() - cameMs > longestWaitMs) throw tooMany();
      const beganMs = this.#nowMs();
      try {
        return await ask();
      } finally {
        const tookMs = this.#nowMs() - beganMs;
        this.#budgetMs = Math.max(-mostOwedMs, this.#budgetMs - tookMs);
      }
    });
  }

  async #untilAffordable(cameMs: number): Promise<void> {
    for (;;) {
      this.#earn();
      if (this.#budgetMs > 0 || !this.#isLoading()) return;
      const isCrowd = this.#queue.size > few.inLine;
      if (!isCrowd && this.#nowMs() - cameMs >= few.longestWaitMs) return;
      await delay(Math.min(lookMs, 1 - this.#budgetMs / this.#share));
    }
  }

  #earn(): void {
    const nowMs = this.#nowMs();
    const isLoading = this.#isLoading();
    const earnedMs = (nowMs - this.#accountedMs) * (isLoading ? this.#share : 1);
    const most = isLoading ? mostSavedMs.loading : mostSavedMs.idle;
    this.#budgetMs = Math.min(most, this.#budgetMs + earnedMs);
    this.#accountedMs = nowMs;
  }
}

function tooMany() {
  return problem("too_many_requests", "too many ask at the same time: come again later");
}
