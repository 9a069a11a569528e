// What is dropped during a campaign: packages of all kinds, small and of 20 000 lines, twins and refused ones.

import type { GeneratedPackage } from "../manifest/expectation.ts";
import { makePackage, makeRefused, type PackageShape, plainShape } from "../manifest/generator.ts";
import type { Random } from "../random.ts";
import type { Station } from "./station.ts";

const shapes: Readonly<Record<string, Partial<PackageShape>>> = {
  small: { lines: 300 },
  middle: { lines: 3_000, badShare: 0.05, edgeShare: 0.01 },
  large: { lines: 20_000, badShare: 0.01 },
  edges: { lines: 200, badShare: 0.1, edgeShare: 0.7 },
  dirty: { lines: 400, badShare: 0.5, blankShare: 0.2 },
  foreign: { lines: 250, lineEnd: "\r\n", hasMark: true, blankShare: 0.1, isEnded: false },
  tooLong: { lines: 120, badShare: 0.1, extraReasons: ["line_too_long"] },
  constrained: { lines: 250, extraReasons: ["database"] },
  headerOnly: { lines: 0, isEnded: false },
  onlyBad: { lines: 50, badShare: 1 },
};
const usual = [
  "small",
  "small",
  "middle",
  "middle",
  "large",
  "large",
  "edges",
  "dirty",
  "foreign",
  "tooLong",
  "headerOnly",
  "onlyBad",
] as const;

const names = [
  (n: number) => `package-${n}.ndjson`,
  (n: number) => `${n}`,
  (n: number) => `${n} with spaces, "quotes" and 'more'`,
  (n: number) => `${n}-ünï-🛰.json`,
  (n: number) => `=cmd|${n}`,
  (n: number) => `${n}-${"x".repeat(254 - String(n).length)}`,
] as const;

const keptForTwins = 8;

export class Cargo {
  readonly #station: Station;
  readonly #random: Random;
  readonly #mark: string;
  readonly #dropped: GeneratedPackage[] = [];
  #number = 0;

  /** @param mark tells the packages of this cargo from those of others. */
  constructor(station: Station, mark: string, random: Random) {
    this.#station = station;
    this.#mark = mark;
    this.#random = random;
  }

  /** Drops what comes to so many lines in all. */
  async dropLines(lines: number): Promise<void> {
    for (let left = lines; left > 0; ) left -= await this.dropSome();
  }

  /** Drops one package of any kind. @returns its lines, and a few for itself */
  async dropSome(): Promise<number> {
    const random = this.#random;
    const twin = random.isLikely(0.12)
      ? this.#dropped[random.below(this.#dropped.length)]
      : undefined;
    const made = twin ?? (random.isLikely(0.06) ? this.#refused() : this.#make(random.pick(usual)));
    await this.drop(made);
    if (random.isLikely(0.03)) await this.drop(made); // Twins at the same time.
    return made.lines.length + made.rejects.length + 10;
  }

  /** Drops a package of that kind. */
  async dropOne(kind: string): Promise<GeneratedPackage> {
    const made = kind === "refused" ? this.#refused() : this.#make(kind);
    await this.drop(made);
    return made;
  }

  async drop(made: GeneratedPackage): Promise<void> {
    const name = this.#random.pick(names)(++this.#number);
    await this.#station.drop(made, name);
    this.#dropped.push(made);
    if (this.#dropped.length > keptForTwins) this.#dropped.shift();
  }

  #refused(): GeneratedPackage {
    return makeRefused(this.#nextMark(), this.#random);
  }

  #make(kind: string): GeneratedPackage {
    return makePackage({ ...plainShape, ...shapes[kind] }, this.#nextMark(), this.#random);
  }

  #nextMark(): string {
    return `${this.#mark}-${this.#number}-${this.#random.below(2 ** 31)}`;
  }
}
