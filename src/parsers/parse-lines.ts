// From the bytes of a chunk to columns of readings and rejections. A pure function, run in a worker thread. A line
// that is not imported is an outcome: no bytes make it throw. Ranges are not checked here but by the persister.
import {
  type Reading,
  Rejection,
  rejectionReasons,
  type SatelliteType,
} from "../satellites/satellite.ts";
import { emptyReading } from "../satellites/satellite-type.ts";
import { allocateColumns, type LineColumns } from "../staging/line-columns.ts";
import { ChunkText } from "./chunk-text.ts";
import { int64Writer } from "./int64-column.ts";
import { JoinedText } from "./joined-text.ts";
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

/** Fills the statuses and values; returns the columns that are made on the way. */
function fill(columns: EmptyColumns, chunk: ChunkText, options: ParseOptions) {
  const details = new Map<number, string>();
  const instruments = new JoinedText(columns.instrumentsEnd);
  const writeTimestamp = int64Writer(columns.timestampUs);
  const reading = emptyReading();
  const { start, length } = columns;
  for (let index = 0; index < columns.count; index++) {
    const rejection = readLine(chunk, start[index] ?? 0, length[index] ?? 0, options, reading);
    if (rejection === undefined) {
      writeTimestamp(index, reading.seconds, reading.microseconds);
      columns.velocity[index] = reading.velocity;
      columns.altitude[index] = reading.altitude;
      columns.latitude[index] = reading.latitude;
      columns.longitude[index] = reading.longitude;
      instruments.add(index, reading.instruments);
    } else {
      columns.status[index] = 1 + rejectionReasons.indexOf(rejection.reason);
      details.set(index, rejection.detail);
      instruments.add(index, "");
    }
  }
  return { details, instruments: instruments.toBytes() };
}

/** The checks of one line, in the order in which reasons stand (section 6 of the contract). */
function readLine(
  chunk: ChunkText,
  start: number,
  length: number,
  { satelliteType, maxLineBytes }: ParseOptions,
  reading: Reading,
): Rejection | undefined {
  if (length > maxLineBytes) return lineTooLong(length, maxLineBytes);
  const text = chunk.slice(start, start + length);
  if (text instanceof Rejection) return text;
  const line = parseObject(text);
  return line instanceof Rejection ? line : satelliteType.normalise(line, reading);
}

export function lineTooLong(lengthBytes: number, maxLineBytes: number): Rejection {
  return new Rejection("line_too_long", `${lengthBytes} bytes, at most ${maxLineBytes} are read`);
}

/**
 * Most of what a line costs that is no JSON is the stack trace of its SyntaxError, which nobody sees. Synchronous, so
 * that no other code runs without stack traces.
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
