// The readings of one pass of a satellite, one after the other: orbit, clock and instruments put together, as the
// values of lines. Nothing here is bad; that is bad-lines.ts.
import type { SatelliteType } from "../../satellites/satellite.ts";
import { Instrument } from "./instrument.ts";
import { Orbit, type Position } from "./orbit.ts";
import { type Random, seededRandom } from "./random.ts";

/** 2020-01-01T00:00Z: each seed begins a day later, for five years, so that no package is of the future. */
const epochMs = Date.UTC(2020, 0, 1);
const dayMs = 86_400_000;
const daysOfStarts = 5 * 365;

/** From one reading to the next, and how far one may be late. */
const intervalUs = 100_000;
const latestUs = 4_000;

/** When the first reading of a seed is due. From the seed, never from the clock: same options, same bytes. */
export function startOf(seed: number): Date {
  return new Date(epochMs + (seed % daysOfStarts) * dayMs);
}

export class Readings {
  readonly #orbit: Orbit;
  readonly #instruments: readonly Instrument[];
  readonly #lateness: Random;
  readonly #startSeconds: number;
  readonly #position: Position = {
    altitudeM: 0,
    velocityMPerS: 0,
    latitudeDeg: 0,
    longitudeDeg: 0,
  };
  #count = 0;
  #second = Number.NaN;
  #secondText = "";

  constructor({ name, instruments }: SatelliteType, seed: number) {
    this.#orbit = new Orbit(seededRandom(seed, `orbit of ${name}`));
    this.#lateness = seededRandom(seed, `clock of ${name}`);
    this.#instruments = instruments.map((instrument) => {
      return new Instrument(seededRandom(seed, `${instrument} of ${name}`));
    });
    this.#startSeconds = startOf(seed).getTime() / 1_000;
  }

  /** The values of the next line as JSON, in the order of the fields of its format. */
  next(): string[] {
    const dueUs = this.#count++ * intervalUs;
    const us = dueUs + Math.floor(this.#lateness() * latestUs);
    const position = this.#position;
    this.#orbit.measure(us / 1e6, position);
    const values = [
      this.#timeText(us),
      position.velocityMPerS.toFixed(2),
      position.altitudeM.toFixed(2),
      position.latitudeDeg.toFixed(6), // 0.1 m.
      position.longitudeDeg.toFixed(6),
    ];
    for (const instrument of this.#instruments) values.push(`"${instrument.next()}"`);
    return values;
  }

  /** A Date holds milliseconds and is slow to print: it is asked once a second. */
  #timeText(us: number): string {
    const second = Math.floor(us / 1e6);
    if (second !== this.#second) {
      this.#second = second;
      const date = new Date((this.#startSeconds + second) * 1_000);
      this.#secondText = `"${date.toISOString().slice(0, 20)}`; // Up to the dot.
    }
    return `${this.#secondText}${String(us - second * 1e6).padStart(6, "0")}Z"`;
  }
}
