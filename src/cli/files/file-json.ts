// Rows of the table `files` as JSON: its columns under their own names, so that who knows the table knows the output.
import { getTableColumns } from "drizzle-orm";
import { files } from "../../database/schema.ts";
import type { FileRow } from "./file-table.ts";
import { isoTime } from "./time-text.ts";

const columns = Object.entries(getTableColumns(files));

/** A JSON array, a row on each line, as grep and people like it. */
export function filesJson(rows: readonly FileRow[]): string {
  if (rows.length === 0) return "[]";
  return `[\n${rows.map((row) => JSON.stringify(toRecord(row))).join(",\n")}\n]`;
}

function toRecord(row: FileRow): object {
  const values: Readonly<Record<string, unknown>> = row;
  const entries = columns.map(([property, column]) => {
    const { [property]: value } = values;
    const isTime = column.columnType === "PgTimestampString" && typeof value === "string";
    return [column.name, isTime ? isoTime(value) : value] as const;
  });
  return Object.fromEntries(entries);
}
