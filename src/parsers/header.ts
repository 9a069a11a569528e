// The first line of a package, rule R1: which type of satellite it is from, and what else it says. A header that is
// not right refuses the whole package, with a sentence for the person who sent it. Pure.
import { ownValue } from "../satellites/field.ts";
import { satelliteTypes } from "../satellites/index.ts";
import { isStorable } from "../satellites/instruments.ts";
import { type LineObject, Rejection, type SatelliteType } from "../satellites/satellite.ts";
import { ChunkText } from "./chunk-text.ts";
import { areBlank } from "./line-bounds.ts";
import { kindOf, parseObject } from "./line-text.ts";
import { plainText } from "./plain-text.ts";

export type HeaderOutcome =
  | {
      readonly ok: true;
      readonly satelliteType: SatelliteType;
      /** The whole header as JSON text, as JSON.parse reads it. jsonb can store it. */
      readonly header: string;
    }
  | {
      readonly ok: false;
      /** Why the package is refused: a sentence for a person, without control characters. */
      readonly error: string;
    };

/**
 * jsonb takes up to six times the room of its text, and the server refuses one of 256 MiB; it also runs out of what
 * it can allocate at once. Below this size neither can happen, whatever DOWNLINK_MAX_LINE_BYTES is.
 */
const maxStorableBytes = 16 * 2 ** 20;

const maxWordLength = 80;

/** @param line without BOM and line end. */
export function parseHeader(line: Uint8Array, maxLineBytes: number): HeaderOutcome {
  if (areBlank(line)) return refused("The first line is blank, and not a header.");
  if (line.length > mostBytes(maxLineBytes)) return headerTooLong(maxLineBytes);
  const text = new ChunkText(line).slice(0, line.length);
  const header = text instanceof Rejection ? text : parseObject(text);
  if (header instanceof Rejection) {
    return refused(`The first line is not a header: ${header.detail} (${header.reason}).`);
  }
  return readHeader(header);
}

/** For a header that was not even read to its end. */
export function headerTooLong(maxLineBytes: number): HeaderOutcome {
  const limit = mostBytes(maxLineBytes);
  return refused(`The first line, the header, is longer than ${limit} bytes (line_too_long).`);
}

/** For a package without a byte. */
export function emptyPackage(): HeaderOutcome {
  return refused("The package is empty: it has no header.");
}

function mostBytes(maxLineBytes: number): number {
  return Math.min(maxLineBytes, maxStorableBytes);
}

function readHeader(header: LineObject): HeaderOutcome {
  const name = ownValue(header, "satellite_type");
  const satelliteType = typeof name === "string" ? satelliteTypes.get(name) : undefined;
  if (satelliteType === undefined) return refused(wrongType(name));
  const unstorable = findUnstorable(header);
  if (unstorable !== undefined) return refused(`The header cannot be stored: ${unstorable}.`);
  return { ok: true, satelliteType, header: JSON.stringify(header) };
}

function wrongType(name: unknown): string {
  const known = `known types: ${[...satelliteTypes.keys()].join(", ")}`;
  if (name === undefined) return `The header has no satellite_type (${known}).`;
  if (typeof name !== "string") return `satellite_type is ${kindOf(name)}, not a name (${known}).`;
  return `satellite_type "${plainText(name, maxWordLength)}" is unknown (${known}).`;
}

/** What in a JSON value jsonb refuses or would change. It nests no deeper than a line may. */
function findUnstorable(value: unknown): string | undefined {
  if (typeof value === "string" && !isStorable(value)) {
    return `the text "${plainText(value, maxWordLength)}" has a NUL or half a surrogate pair`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) return "a number is too large";
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const unstorable = findUnstorable(key) ?? findUnstorable(member);
    if (unstorable !== undefined) return unstorable;
  }
  return undefined;
}

function refused(error: string): HeaderOutcome {
  return { ok: false, error };
}
