// What a worker thread does: it parses one chunk. The bytes come and go by transfer, without a copy, and so do the
// columns. A thread keeps nothing between two tasks. The pool beside it, parse-pool.ts, is the only one that calls it.
import { move, transferableSymbol, valueSymbol } from "piscina";
import { type ParseResult, type ParseTask, parseHere } from "./parse-task.ts";

export default function parseTask(task: ParseTask): unknown {
  const result = parseHere(task);
  return move({ [transferableSymbol]: buffersOf(result), [valueSymbol]: result });
}

/** All columns of numbers are in one buffer. */
function buffersOf({ source, columns }: ParseResult): ArrayBufferLike[] {
  return [source.buffer, columns.status.buffer, columns.instruments.buffer];
}
