// From the bytes of a chunk to columns of readings and rejections. A pure function, run in a worker thread. A line
// that is not imported is an outcome: no bytes make it throw. Ranges are not checked here but by the persister.
import { Rejection, type SatelliteType } from "../satellites/satellite.ts";
import { allocateColumns, type LineColumns } from "../staging/line-columns.ts";
import { ChunkText } from "./chunk-text.ts";
import { ColumnFiller } from "./column-filler.ts";
import { lineBounds } from "./line-bounds.ts";
import { parseObject } from "./line-text.ts";

export interface ParseOptions {
  readonly satelliteType: SatelliteType;
  /** Without the line end. A longer line is rejected. */
  readonly maxLineBytes: number;
}

export interface ParsedLines {
  readonly columns: LineColumns;
  /** Physical lines of the chunk, blank ones too. */
  readonly physicalLines: number;
}

/**
 * Reads all lines of a chunk.
 *
 * @param source whole lines of a file behind its header. Left as it is; places in the columns are places in it.
 */
export function parseLines(source: Uint8Array, options: ParseOptions): ParsedLines {
  const chunk = new ChunkText(source);
  const { start, length, line, physicalLines } = lineBounds(chunk.latin1);
  const columns = allocateColumns(start.length);
  columns.start.set(start);
  columns.length.set(length);
  columns.line.set(line);
  const filled = withoutStackTraces(() => fill(columns, chunk, options));
  return { columns: { ...columns, ...filled }, physicalLines };
}

type EmptyColumns = ReturnType<typeof allocateColumns>;

/**
 * Lines that go through one step after the other together. A processor that runs JSON.parse between any two lines
 * forgets how the other steps run: line by line the same work takes a quarter longer. Measured, docs/satellites.md.
 */
const linesTogether = 64;

/** Fills the statuses and values; returns the columns that are made on the way. */
function fill(columns: EmptyColumns, chunk: ChunkText, options: ParseOptions) {
  const filler = new ColumnFiller(columns, options.satelliteType);
  for (let first = 0; first < columns.count; first += linesTogether) {
    const end = Math.min(first + linesTogether, columns.count);
    const texts = readTexts(columns, first, end, chunk, options.maxLineBytes);
    const objects = texts.map((text) => (text instanceof Rejection ? text : parseObject(text)));
    objects.forEach((object, at) => {
      filler.set(first + at, object);
    });
  }
  return filler.finish();
}

/** The checks of a line's bytes, in the order in which their reasons stand: the list in the README. */
function readTexts(
  { start, length }: EmptyColumns,
  first: number,
  end: number,
  chunk: ChunkText,
  maxLineBytes: number,
): (string | Rejection)[] {
  const texts: (string | Rejection)[] = [];
  for (let index = first; index < end; index++) {
    const [from, bytes] = [start[index] ?? 0, length[index] ?? 0];
    const isTooLong = bytes > maxLineBytes;
    texts.push(isTooLong ? lineTooLong(bytes, maxLineBytes) : chunk.slice(from, from + bytes));
  }
  return texts;
}

export function lineTooLong(lengthBytes: number, maxLineBytes: number): Rejection {
  return new Rejection("line_too_long", `${lengthBytes} bytes, at most ${maxLineBytes} are read`);
}

/**
 * A line that is no JSON costs 5 µs with the stack trace of its SyntaxError, which nobody sees, and 2 µs without.
 * Synchronous, so that no other code runs without stack traces.
 */
function withoutStackTraces<Result>(work: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
