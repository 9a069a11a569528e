// How much of the database the onlookers get. While packages are loaded they share a budget of its time, a fraction of
// every second, and wait for their turn when it is used up: two hundred of them slow each other down and not the
// loading. One alone has enough saved up to notice nothing.
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
const mostSavedMs = 400;

export class ReadGate {
  readonly #queue = new PQueue({ concurrency: atOnce });
  readonly #isLoading: () => boolean;
  readonly #share: number;
  readonly #nowMs: () => number;
  #budgetMs = mostSavedMs;
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
      await this.#untilAffordable();
      if (this.#nowMs() - cameMs > longestWaitMs) throw tooMany();
      const beganMs = this.#nowMs();
      try {
        return await ask();
      } finally {
        this.#budgetMs -= this.#nowMs() - beganMs;
      }
    });
  }

  async #untilAffordable(): Promise<void> {
    for (;;) {
      this.#earn();
      if (this.#budgetMs > 0 || !this.#isLoading()) return;
      await delay(Math.min(1_000, 1 - this.#budgetMs / this.#share));
    }
  }

  #earn(): void {
    const nowMs = this.#nowMs();
    const earnedMs = (nowMs - this.#accountedMs) * (this.#isLoading() ? this.#share : 1);
    this.#budgetMs = Math.min(mostSavedMs, this.#budgetMs + earnedMs);
    this.#accountedMs = nowMs;
  }
}

function tooMany() {
  return problem("too_many_requests", "too many ask at the same time: come again later");
}
