// The table of the command `files`. Names and errors come from outside: what could move a cursor is shown escaped.
import { plainText } from "../../parsers/plain-text.ts";
import type { FileRow } from "../../queries/file-rows.ts";
import type { Screen } from "../context.ts";
import { agoText, countText, percentText } from "../text/figures.ts";
import { type Brush, type Paint, paintFor } from "../text/paint.ts";
import { type Column, column, naturalColumns, tableLines } from "../text/text-table.ts";
import { dayText, minuteText, rangeText, secondsSince } from "../text/time-text.ts";
import { wrapText } from "../text/wrap.ts";

/** As much of a name as there is at least; and what there should be before times are cut. */
const leastNameColumns = 10;
const goodNameColumns = 24;
const longestErrorLength = 500;

export interface TableOptions extends Screen {
  /** For the age of the packages. */
  readonly nowMs: number;
}

/** The lines of the table, its titles first. Below a file that failed a line says why. */
export function fileTable(rows: readonly FileRow[], options: TableOptions): string[] {
  const { columns: width } = options;
  const [titles = "", ...lines] = tableLines(fittingColumns(rows, options), width);
  const paint = paintFor(options);
  return [titles, ...lines.flatMap((line, at) => [line, ...errorLines(rows[at], width, paint)])];
}

/** Times are said as exactly as leaves room for the names; the age of a package only where all else has room. */
function fittingColumns(rows: readonly FileRow[], options: TableOptions): Column[] {
  const longestName = naturalColumns([column("name", rows, nameOf)]);
  const overlong = Math.max(0, longestName - goodNameColumns);
  const start = (shown: (iso: string) => string) => (row: FileRow) => {
    return row.firstTimestamp === null ? "-" : shown(row.firstTimestamp);
  };
  const age = column("claimed", rows, (row) => ageOf(row, options.nowMs), { align: "right" });
  const withRange = tableColumns(rows, options, range);
  if (naturalColumns([...withRange, age]) <= options.columns) return [...withRange, age];
  const tries = [withRange, tableColumns(rows, options, start(minuteText))];
  const fits = tries.find((columns) => naturalColumns(columns) - overlong <= options.columns);
  return fits ?? tableColumns(rows, options, start(dayText));
}

function tableColumns(
  rows: readonly FileRow[],
  screen: Screen,
  time: (row: FileRow) => string,
): Column[] {
  const right = { align: "right" } as const;
  const paint = paintFor(screen);
  return [
    column("id", rows, ({ id }) => String(id), right),
    column("name", rows, nameOf, { leastColumns: leastNameColumns }),
    column("satellite", rows, ({ satelliteType }) => satelliteType ?? "-"),
    column("status", rows, statusOf, { paint: (cell) => statusBrush(cell, paint)(cell) }),
    column("lines", rows, ({ totalLines }) => countText(totalLines), right),
    column("imported", rows, ({ importedLines }) => countText(importedLines), right),
    column("errors", rows, ({ errors }) => countText(errors), right),
    column("data time", rows, time),
  ];
}

function nameOf({ name }: FileRow): string {
  return plainText(name, name.length * 8); // Nothing is cut: an escape is shorter.
}

/** One that is being loaded says how far it is. */
function statusOf({ status, checkpointOffset, sizeBytes }: FileRow): string {
  if (status !== "processing") return status;
  return `loading ${percentText(sizeBytes === 0 ? 0 : checkpointOffset / sizeBytes)}`;
}

/** By the first word of a cell. */
export function statusBrush(status: string, paint: Paint): Brush {
  if (status.startsWith("complete")) return paint.good;
  if (status.startsWith("failed")) return paint.bad;
  return status.startsWith("duplicate") ? paint.special : paint.warning;
}

function range({ firstTimestamp, lastTimestamp }: FileRow): string {
  if (firstTimestamp === null || lastTimestamp === null) return "-";
  return rangeText(firstTimestamp, lastTimestamp);
}

function ageOf({ insertedAt }: FileRow, nowMs: number): string {
  return agoText(secondsSince(insertedAt, nowMs));
}

function errorLines(row: FileRow | undefined, width: number, paint: Paint): string[] {
  if (row === undefined || row.error === null) return [];
  const indent = "    ";
  const error = plainText(row.error, longestErrorLength);
  return wrapText(error, width - indent.length).map((line) => paint.faint(indent + line));
}
