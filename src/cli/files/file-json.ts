// Rows of the table `files` as JSON: its columns under their own names, so that who knows the table knows the output.
import { getTableColumns } from "drizzle-orm";
import { files } from "../../database/schema.ts";
import { isoTime } from "../../queries/iso-time.ts";
import { jsonArray } from "../text/json.ts";
import type { FileRow } from "./file-table.ts";

const columns = Object.entries(getTableColumns(files));

/** A JSON array, a row on each line, as grep and people like it. */
export function filesJson(rows: readonly FileRow[]): string {
  return jsonArray(rows.map(toRecord));
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
