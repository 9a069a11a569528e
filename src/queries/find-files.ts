// Packages by what one knows of them, the newest first or in another order, page by page. A page begins behind the last
// package of the one before it, so that new packages move nothing; in the order of their ids the thousandth page also
// costs what the first does. For other orders all packages are looked through, without an index of their own: it would
// make every commit dearer, which moves these figures.
import { and, asc, desc, eq, gt, gte, lt, type SQL, sql } from "drizzle-orm";
import { files } from "../database/schema.ts";
import { type FileSummary, summaryColumns, withIsoTimes } from "./file-summary.ts";
import type { Queryable } from "./queryable.ts";

export interface FileFilter {
  readonly status?: FileSummary["status"] | undefined;
  readonly satelliteType?: string | undefined;
  /** ISO 8601: claimed at this time or later. */
  readonly since?: string | undefined;
  /** ISO 8601: claimed before this time. */
  readonly until?: string | undefined;
  /** A part of the name, whatever its case. */
  readonly name?: string | undefined;
}

export interface Page {
  /** Behind this id or line; undefined: the first page. */
  readonly after?: number | undefined;
  readonly limit: number;
}

const sortColumns = {
  id: files.id,
  name: files.name,
  sizeBytes: files.sizeBytes,
  importedLines: files.importedLines,
  errors: files.errors,
} as const;

export interface Order {
  /** Default id: the order in which packages were claimed. */
  readonly sort?: keyof typeof sortColumns | undefined;
  /** Default desc. */
  readonly order?: "asc" | "desc" | undefined;
}

export interface FilesPage {
  readonly files: readonly FileSummary[];
  /** `after` of the next page; null if this is the last. */
  readonly next: number | null;
}

export async function findFiles(
  db: Queryable,
  query: FileFilter & Order & Page,
): Promise<FilesPage> {
  const { limit, sort = "id", order = "desc" } = query;
  const direction = order === "asc" ? asc : desc;
  const found = await db
    .select(summaryColumns)
    .from(files)
    .where(and(isAmongFiles(query), isBehind(query)))
    .orderBy(direction(sortColumns[sort]), direction(files.id))
    .limit(limit + 1); // One more, to know whether there are more.
  const page = found.slice(0, limit).map(withIsoTimes);
  return { files: page, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** Behind the last package of the page before, which is found by its id. Packages that are equal stand by their ids. */
function isBehind({ after, sort = "id", order = "desc" }: Order & Page): SQL | undefined {
  if (after === undefined) return undefined;
  if (sort === "id") return order === "asc" ? gt(files.id, after) : lt(files.id, after);
  const place = sql`(${sortColumns[sort]}, ${files.id})`;
  const last = sql`(SELECT ${sortColumns[sort]}, ${files.id} FROM ${files} WHERE ${files.id} = ${after})`;
  return order === "asc" ? sql`${place} > ${last}` : sql`${place} < ${last}`;
}

/** The condition on rows of `files`. */
export function isAmongFiles({ status, satelliteType, since, until, name }: FileFilter) {
  return and(
    status === undefined ? undefined : eq(files.status, status),
    satelliteType === undefined ? undefined : eq(files.satelliteType, satelliteType),
    since === undefined ? undefined : gte(files.insertedAt, since),
    until === undefined ? undefined : lt(files.insertedAt, until),
    name === undefined ? undefined : sql`strpos(lower(${files.name}), lower(${name})) > 0`,
  );
}
