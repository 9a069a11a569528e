// Has archive/ kept within its limits from time to time. What the file system refuses there is told, and holds up
// nothing else.
import { isSystemError } from "../folders/file-identity.ts";
import { trimArchive } from "../persister/archive.ts";
import type { IntakeContext } from "./intake-context.ts";

const usualIntervalMs = 10_000;

export class ArchiveUpkeep {
  readonly #context: IntakeContext;
  readonly #intervalMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;
  /** The last try was refused; told once. */
  #isRefused = false;

  constructor(context: IntakeContext, intervalMs = usualIntervalMs) {
    this.#context = context;
    this.#intervalMs = intervalMs;
  }

  /** To be called at any time; does something if the interval is over. */
  async trimAtTimes(): Promise<void> {
    if (performance.now() < this.#nextMs) return;
    this.#nextMs = performance.now() + this.#intervalMs;
    const { log, stopping } = this.#context;
    try {
      await trimArchive(this.#context, stopping);
      this.#isRefused = false;
    } catch (err) {
      if (!isSystemError(err)) throw err;
      if (!this.#isRefused) {
        log.warn({ err }, "archive/ cannot be kept within its limits, trying again");
      }
      this.#isRefused = true;
    }
  }
}
