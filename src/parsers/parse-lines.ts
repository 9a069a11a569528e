// From the bytes of a chunk to columns of readings and rejections. A pure function, run in a worker thread. A line
// that is not imported is an outcome: no bytes make it throw. Ranges are not checked here but by the persister.
import { Rejection, type SatelliteType } from "../satellites/satellite.ts";
import { emptyReading } from "../satellites/satellite-type.ts";
import { allocateColumns, columnBytes, type LineColumns } from "../staging/line-columns.ts";
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
 * @param room memory for the columns, as far as they fit; it begins at a multiple of 8.
 */
export function parseLines(
  source: Uint8Array,
  options: ParseOptions,
  room?: Uint8Array,
): ParsedLines {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const { start, length, line, physicalLines } = lineBounds(bytes);
  const columns = allocateColumns(start.length, room);
  columns.start.set(start);
  columns.length.set(length);
  columns.line.set(line);
  const rest = room?.subarray(columnBytes(start.length));
  const filled = withoutStackTraces(() => fill(columns, bytes, options, rest));
  return { columns: { ...columns, ...filled }, physicalLines };
}

type EmptyColumns = ReturnType<typeof allocateColumns>;

/** Fills the statuses and values; returns the columns that are made on the way. */
function fill(
  columns: EmptyColumns,
  bytes: Buffer,
  { satelliteType, maxLineBytes }: ParseOptions,
  room: Uint8Array | undefined,
): ReturnType<ColumnFiller["finish"]> {
  const chunk = new ChunkText(bytes);
  const filler = new ColumnFiller(columns, satelliteType);
  const reading = emptyReading();
  const scanner = satelliteType.scanner();
  for (let index = 0; index < columns.count; index++) {
    const start = columns.start[index] ?? 0;
    const end = start + (columns.length[index] ?? 0);
    const isTooLong = end - start > maxLineBytes;
    if (!isTooLong && scanner.scan(bytes, start, end, reading)) filler.write(index, reading);
    else {
      const text = isTooLong ? lineTooLong(end - start, maxLineBytes) : chunk.slice(start, end);
      const line = text instanceof Rejection ? text : parseObject(text);
      if (filler.set(index, line) && !(line instanceof Rejection)) {
        scanner.learn(line, bytes, start, end);
      }
    }
  }
  return filler.finish(room);
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
