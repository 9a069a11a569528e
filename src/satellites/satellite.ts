// What a satellite type is: which keys its lines have, and how they become the common reading. The reasons for which
// a line is rejected live here too, since most of them are about a line's shape. Pure: a line in, a reading or a
// reason out. What a reading may say (ranges) is not checked here but by the persister, column by column.
import type { Instant } from "./timestamp.ts";

/** Why a line is not imported: the codes of `rejected_lines.reason`. */
export const rejectionReasons = [
  "line_too_long",
  "nul_byte",
  "invalid_utf8",
  "too_deep",
  "invalid_json",
  "not_an_object",
  "missing_field",
  "wrong_type",
  "invalid_timestamp",
  "invalid_string",
  "out_of_range",
  "database",
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** A line that is not imported. A class, so that `instanceof` tells it from a line's own object. */
export class Rejection {
  readonly reason: RejectionReason;
  /** What exactly is wrong, for a person: a field's name, a parser's words. */
  readonly detail: string;

  constructor(reason: RejectionReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

/** The JSON object of one line. Only its own keys count: a line finds nothing on a prototype. */
export type LineObject = Readonly<Record<string, unknown>>;

/**
 * One measurement, alike for every satellite type. Written into: the parser has one object for all lines of a chunk.
 */
export interface Reading extends Instant {
  /** Both as sent. The format names no unit; the samples (8020 and 300047) fit m/s and m. */
  velocity: number;
  altitude: number;
  /** Degrees, north and east positive. */
  latitude: number;
  longitude: number;
  /** What each instrument says, under its own name, as the text of a JSON object. */
  instruments: string;
}

/** The measurements that are numbers, in the order in which they are checked (R3). */
export const measurements = ["velocity", "altitude", "latitude", "longitude"] as const;

/** Which key of a line holds which part of the reading. */
export type ReadingKeys = Readonly<Record<"timestamp" | (typeof measurements)[number], string>>;

/** Reads lines of one shape from their bytes. One for each chunk, since it remembers. */
interface Scanner {
  /** @returns whether `reading` is filled; if not, the line is to be read in the way of all lines */
  scan(bytes: Buffer, start: number, end: number, reading: Reading): boolean;
  /** Takes the shape of the lines to come from a good one, which went that way. */
  learn(line: LineObject, bytes: Buffer, start: number, end: number): void;
}

/** A spacecraft model. `keys` and `instruments` are all there is to know to write a line of that type. */
export interface SatelliteType {
  /** As in the header's `satellite_type`. */
  readonly name: string;
  readonly keys: ReadingKeys;
  /** The instruments' keys, under which they are stored too, in this order. */
  readonly instruments: readonly string[];
  /**
   * Writes what `line` says into `reading`.
   *
   * @returns undefined, or why the line is rejected: the first failing field in the order of R3 decides, and
   *   `reading` is then half written. A bad line is an outcome, not an exception.
   */
  normalise(line: LineObject, reading: Reading): Rejection | undefined;
  /** A quicker way for most good lines, with the same readings. */
  scanner(): Scanner;
}
