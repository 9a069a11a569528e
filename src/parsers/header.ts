// The first line of a package, rule R1: which type of satellite it is from, and what else it says. A header that is
// not right refuses the whole package, with a sentence for the person who sent it. Pure.
import { satelliteTypes } from "../satellites/index.ts";
import { isStorable } from "../satellites/instruments.ts";
import { type LineObject, Rejection } from "../satellites/satellite.ts";
import { ChunkText } from "./chunk-text.ts";
import { isBlankByte } from "./line-bounds.ts";
import { kindOf, parseObject } from "./line-text.ts";
import { plainText } from "./plain-text.ts";

export type HeaderOutcome =
  | {
      readonly ok: true;
      /** The name of a known type. */
      readonly satelliteType: string;
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

/**
 * Reads a header.
 *
 * @param line without BOM and line end, and no longer than a line may be: who reads it from the file sees to that.
 */
export function parseHeader(line: Uint8Array): HeaderOutcome {
  if (line.every(isBlankByte)) return refused("the first line is blank");
  if (line.length > maxStorableBytes) return refused(`more than ${maxStorableBytes} bytes`);
  const text = new ChunkText(line).slice(0, line.length);
  const header = text instanceof Rejection ? text : parseObject(text);
  if (header instanceof Rejection) return refused(`${header.reason}, ${header.detail}`);
  return readHeader(header);
}

function readHeader(header: LineObject): HeaderOutcome {
  const name = Object.hasOwn(header, "satellite_type") ? header["satellite_type"] : undefined;
  if (typeof name !== "string" || !satelliteTypes.has(name)) return refused(wrongType(name));
  const unstorable = findUnstorable(header);
  if (unstorable !== undefined) return refused(`it cannot be stored: ${unstorable}`);
  return { ok: true, satelliteType: name, header: JSON.stringify(header) };
}

function wrongType(name: unknown): string {
  const known = `known types: ${[...satelliteTypes.keys()].join(", ")}`;
  if (name === undefined) return `it has no satellite_type (${known})`;
  if (typeof name !== "string") return `satellite_type is ${kindOf(name)}, not a name (${known})`;
  return `satellite_type "${plainText(name, maxWordLength)}" is unknown (${known})`;
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

function refused(why: string): HeaderOutcome {
  return { ok: false, error: `refused by its header: ${why}` };
}
