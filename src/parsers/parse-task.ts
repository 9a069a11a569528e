// One chunk to be parsed, and what comes of it: the same in a worker thread and on the main one.
import { knownType } from "../satellites/index.ts";
import { roomBehind } from "../staging/chunk-memory.ts";
import { type ParsedLines, parseLines } from "./parse-lines.ts";

export interface ParseTask {
  /** Whole lines of a file behind its header. Its buffer holds nothing else that is needed. */
  readonly source: Uint8Array;
  /** The name of a known type: types are code, which cannot be sent to a thread. */
  readonly satelliteType: string;
  readonly maxLineBytes: number;
}

export interface ParseResult extends ParsedLines {
  /** The bytes of the task, given back. */
  readonly source: Uint8Array;
}

export function parseHere({ source, satelliteType, maxLineBytes }: ParseTask): ParseResult {
  const options = { satelliteType: knownType(satelliteType), maxLineBytes };
  return { ...parseLines(source, options, roomBehind(source)), source };
}
