// What became of the packages that came in since a moment: the totals of a day.
import { count, gte, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { type fileStatuses, files } from "../database/schema.ts";
import type { Queryable } from "./queryable.ts";

export interface Totals {
  readonly packages: Readonly<Record<(typeof fileStatuses)[number], number>>;
  readonly sizeBytes: number;
  readonly totalLines: number;
  readonly importedLines: number;
  readonly errors: number;
}

/** @param since ISO 8601; packages that were claimed at this time or later are counted. */
export async function totalsSince(db: Queryable, since: string): Promise<Totals> {
  const sum = (column: AnyPgColumn) => sql<number>`coalesce(sum(${column}), 0)::float8`;
  const rows = await db
    .select({
      status: files.status,
      packages: count(),
      sizeBytes: sum(files.sizeBytes),
      totalLines: sum(files.totalLines),
      importedLines: sum(files.importedLines),
      errors: sum(files.errors),
    })
    .from(files)
    .where(gte(files.insertedAt, since))
    .groupBy(files.status);
  const total = (part: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((soFar, row) => soFar + part(row), 0);
  const packages = { processing: 0, complete: 0, failed: 0, duplicate: 0 };
  for (const row of rows) packages[row.status] = row.packages;
  return {
    packages,
    sizeBytes: total((row) => row.sizeBytes),
    totalLines: total((row) => row.totalLines),
    importedLines: total((row) => row.importedLines),
    errors: total((row) => row.errors),
  };
}
