// What a worker thread does: it parses one chunk. Bytes and columns come and go without a copy, in memory that both
// sides share, or by transfer. A thread keeps nothing between two tasks. The pool beside it, parse-pool.ts, is the only one that calls it.
import { move, transferableSymbol, valueSymbol } from "piscina";
import { type ParseResult, type ParseTask, parseHere } from "./parse-task.ts";

export default function parseTask(task: ParseTask): unknown {
  const result = parseHere(task);
  return move({ [transferableSymbol]: buffersOf(result), [valueSymbol]: result });
}

/** What has to be transferred. All columns of numbers are in one buffer. */
function buffersOf({ source, columns }: ParseResult): ArrayBuffer[] {
  const { buffer } = columns.status;
  return [source.buffer, buffer, columns.instruments.buffer].filter(
    (one) => one instanceof ArrayBuffer,
  );
}
