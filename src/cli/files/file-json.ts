// Rows of the table `files` as JSON: its columns under their own names, so that who knows the table knows the output.
import { getTableColumns } from "drizzle-orm";
import { files } from "../../database/schema.ts";

const columns = Object.entries(getTableColumns(files));

/** A row, or a part of one, under the names of the columns; what is no column is left out. */
export function toRecord(row: object): object {
  const values: Readonly<Record<string, unknown>> = { ...row };
  const entries = columns
    .filter(([property]) => property in values)
    .map(([property, column]) => [column.name, values[property]] as const);
  return Object.fromEntries(entries);
}
