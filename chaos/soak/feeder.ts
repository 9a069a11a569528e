// Drops packages at a pace, as many lines a second as it is told.
import type { Cargo } from "../stage/cargo.ts";

export class Feeder {
  readonly #cargo: Cargo;
  #linesPerSecond = 0;
  /** Lines that are due and not yet dropped; negative after a large package. */
  #due = 0;
  #lastMs = performance.now();

  constructor(cargo: Cargo) {
    this.#cargo = cargo;
  }

  set linesPerSecond(lines: number) {
    this.#linesPerSecond = lines;
  }

  /** Drops what has become due since the last call. @returns its lines */
  async feed(): Promise<number> {
    const nowMs = performance.now();
    this.#due += ((nowMs - this.#lastMs) / 1_000) * this.#linesPerSecond;
    this.#lastMs = nowMs;
    let dropped = 0;
    while (this.#due > 0) {
      const lines = await this.#cargo.dropSome();
      this.#due -= lines;
      dropped += lines;
    }
    return dropped;
  }
}
