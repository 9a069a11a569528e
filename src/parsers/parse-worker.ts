// What a worker thread does: it parses one chunk. The bytes come and go by transfer, without a copy, and so do the
// columns. A thread keeps nothing between two tasks. The pool beside it, parse-pool.ts, is the only one that calls it.
import { move, transferableSymbol, valueSymbol } from "piscina";
import { satelliteTypes } from "../satellites/index.ts";
import { type ParsedLines, parseLines } from "./parse-lines.ts";

export interface ParseTask {
  /** Whole lines of a file behind its header. Its ArrayBuffer holds nothing else that is needed. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** The name of a known type: types are code, which cannot be sent to a thread. */
  readonly satelliteType: string;
  readonly maxLineBytes: number;
}

export interface ParseResult extends ParsedLines {
  /** The bytes of the task, given back. */
  readonly source: Uint8Array<ArrayBuffer>;
}

export default function parseTask({ source, satelliteType, maxLineBytes }: ParseTask): unknown {
  const type = satelliteTypes.get(satelliteType);
  if (type === undefined) throw new RangeError(`expected a known type, got ${satelliteType}`);
  const parsed = parseLines(source, { satelliteType: type, maxLineBytes });
  const result: ParseResult = { ...parsed, source };
  return move({ [transferableSymbol]: buffersOf(result), [valueSymbol]: result });
}

/** All columns of numbers are in one buffer. */
function buffersOf({ source, columns }: ParseResult): ArrayBufferLike[] {
  return [source.buffer, columns.status.buffer, columns.instruments.buffer];
}
