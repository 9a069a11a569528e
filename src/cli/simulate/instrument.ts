// What one instrument says from reading to reading: a Markov chain of three states that stays long where it is.
import { pick, type Random } from "./random.ts";

export type InstrumentState = "ok" | "faulty" | "disabled";

interface Stay {
  /** Readings until it changes, on average. */
  readonly meanReadings: number;
  /** What it may become; named twice, twice as likely. */
  readonly next: readonly [InstrumentState, ...InstrumentState[]];
}

const stays: Readonly<Record<InstrumentState, Stay>> = {
  ok: { meanReadings: 1_500, next: ["faulty", "faulty", "disabled"] },
  faulty: { meanReadings: 200, next: ["ok", "disabled"] },
  disabled: { meanReadings: 600, next: ["ok", "ok", "ok", "faulty"] },
};

export class Instrument {
  readonly #random: Random;
  #state: InstrumentState;
  #readingsLeft: number;

  constructor(random: Random) {
    this.#random = random;
    this.#state = pick(random, ["ok", "ok", "ok", "ok", "faulty", "disabled"]);
    this.#readingsLeft = this.#drawStay();
  }

  next(): InstrumentState {
    if (this.#readingsLeft === 0) {
      this.#state = pick(this.#random, stays[this.#state].next);
      this.#readingsLeft = this.#drawStay();
    }
    this.#readingsLeft--;
    return this.#state;
  }

  /** One draw for the whole stay (geometric) instead of one for each reading: the same chain, and far cheaper. */
  #drawStay(): number {
    const leaving = 1 / stays[this.#state].meanReadings;
    return 1 + Math.floor(Math.log1p(-this.#random()) / Math.log1p(-leaving));
  }
}
