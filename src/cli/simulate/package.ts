// A whole simulated package as chunks of bytes, made one at a time, so that its size does not matter. Where the bytes
// go is not decided here.
import type { SatelliteType } from "../../satellites/satellite.ts";
import { BadLines } from "./bad-lines.ts";
import { lineFormat, lineText } from "./line-format.ts";
import { seededRandom } from "./random.ts";
import { Readings, startOf } from "./readings.ts";

/** What a package is made of. The same options make the same bytes. */
export interface PackageOptions {
  readonly satelliteType: SatelliteType;
  /** Behind the header. */
  readonly lines: number;
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Share of the lines that are bad, 0 to 1, rounded to whole lines. */
  readonly badShare: number;
}

/** What a write takes at once. */
const chunkLength = 256 * 1_024;

export function badLineCount({ lines, badShare }: PackageOptions): number {
  return Math.round(lines * badShare);
}

/** `<type>-<time of the start>-seed<seed>-<lines>.ndjson`: says how to make it again. */
export function packageFileName(options: PackageOptions): string {
  const { satelliteType, seed, lines, badShare } = options;
  const start = startOf(seed)
    .toISOString()
    .replace(/[-:]|\.\d+/g, "");
  const bad = badLineCount(options) === 0 ? "" : `-bad${badShare}`;
  return `${satelliteType.name}-${start}-seed${seed}-${lines}${bad}.ndjson`;
}

/** The bytes of a package in order. */
export function* packageChunks(options: PackageOptions): Generator<Buffer, void> {
  let text = "";
  for (const line of packageLines(options)) {
    text += `${line}\n`;
    if (text.length < chunkLength) continue;
    yield Buffer.from(text, "latin1");
    text = "";
  }
  yield Buffer.from(text, "latin1");
}

/** The lines of a package, the header first, with one character for each byte. */
function* packageLines(options: PackageOptions): Generator<string, void> {
  const { satelliteType, lines, seed } = options;
  const format = lineFormat(satelliteType);
  const readings = new Readings(satelliteType, seed);
  const badLines = new BadLines(format, seededRandom(seed, "bad lines"));
  const choice = seededRandom(seed, "which lines are bad");
  yield format.header;
  let badLeft = badLineCount(options);
  for (let linesLeft = lines; linesLeft > 0; linesLeft--) {
    const values = readings.next(); // A bad line takes the place of a reading; the others are as without it.
    // Exactly as many as asked for, each line with the same chance.
    const isBad = badLeft > 0 && choice() * linesLeft < badLeft;
    if (isBad) badLeft--;
    yield isBad ? badLines.next(values) : lineText(format, values);
  }
}
