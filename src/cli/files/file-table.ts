// The table of the command `files`. Names and errors come from outside: what could move a cursor is shown escaped.
import type { files } from "../../database/schema.ts";
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { shorten } from "../text/display-width.ts";
import { type Column, naturalColumns, tableLines } from "../text/text-table.ts";
import { dayText, minuteText, rangeText } from "../text/time-text.ts";

export type FileRow = typeof files.$inferSelect;

/** As much of a name as there is at least; and what there should be before times are cut. */
const leastNameColumns = 10;
const goodNameColumns = 24;
const longestErrorLength = 500;

const colours: ReadonlyMap<string, number> = new Map([
  ["processing", 33], // Yellow.
  ["complete", 32], // Green.
  ["failed", 31], // Red.
  ["duplicate", 36], // Cyan.
]);

/** The lines of the table, its titles first. Below a file that failed a line says why. */
export function fileTable(
  rows: readonly FileRow[],
  { columns: width, hasColours }: Screen,
): string[] {
  const [titles = "", ...lines] = tableLines(fittingColumns(rows, hasColours, width), width);
  return [titles, ...lines.flatMap((line, at) => [line, ...errorLines(rows[at], width)])];
}

/** Times are said as exactly as leaves room for the names. */
function fittingColumns(rows: readonly FileRow[], hasColours: boolean, width: number): Column[] {
  const longestName = naturalColumns([{ title: "name", cells: rows.map(nameOf) }]);
  const overlong = Math.max(0, longestName - goodNameColumns);
  for (const time of [range, (row: FileRow) => startTime(row, minuteText)]) {
    const columns = tableColumns(rows, hasColours, time);
    if (naturalColumns(columns) - overlong <= width) return columns;
  }
  return tableColumns(rows, hasColours, (row) => startTime(row, dayText));
}

function tableColumns(
  rows: readonly FileRow[],
  hasColours: boolean,
  time: (row: FileRow) => string,
): Column[] {
  const text = (title: string, cell: (row: FileRow) => string): Column => {
    return { title, cells: rows.map(cell) };
  };
  const number = (title: string, cell: (row: FileRow) => number): Column => {
    return { title, align: "right", cells: rows.map((row) => String(cell(row))) };
  };
  return [
    number("id", ({ id }) => id),
    { ...text("name", nameOf), leastColumns: leastNameColumns },
    text("satellite", ({ satelliteType }) => satelliteType ?? "-"),
    { ...text("status", ({ status }) => status), ...(hasColours && { paint: paintStatus }) },
    number("lines", ({ totalLines }) => totalLines),
    number("imported", ({ importedLines }) => importedLines),
    number("errors", ({ errors }) => errors),
    text("data time", time),
  ];
}

function nameOf({ name }: FileRow): string {
  return plainText(name, name.length * 8); // Nothing is cut: an escape is shorter.
}

function range({ firstTimestamp, lastTimestamp }: FileRow): string {
  if (firstTimestamp === null || lastTimestamp === null) return "-";
  return rangeText(firstTimestamp, lastTimestamp);
}

function startTime({ firstTimestamp }: FileRow, shown: (text: string) => string): string {
  return firstTimestamp === null ? "-" : shown(firstTimestamp);
}

function errorLines(row: FileRow | undefined, width: number): string[] {
  if (row === undefined || row.error === null) return [];
  const indent = "    ";
  const error = shorten(plainText(row.error, longestErrorLength), width - indent.length);
  return [indent + error];
}

function paintStatus(status: string): string {
  const colour = colours.get(status);
  return colour === undefined ? status : `\u001b[${colour}m${status}\u001b[39m`;
}
