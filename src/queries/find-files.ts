// Packages by what one knows of them, the newest first, page by page. A page begins behind the last id of the one
// before it, so that the thousandth page costs what the first does and new packages move nothing.
import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
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

export interface FilesPage {
  readonly files: readonly FileSummary[];
  /** `after` of the next page; null if this is the last. */
  readonly next: number | null;
}

export async function findFiles(db: Queryable, query: FileFilter & Page): Promise<FilesPage> {
  const { after, limit } = query;
  const behind = after === undefined ? undefined : lt(files.id, after);
  const found = await db
    .select(summaryColumns)
    .from(files)
    .where(and(isAmongFiles(query), behind))
    .orderBy(desc(files.id))
    .limit(limit + 1); // One more, to know whether there are more.
  const page = found.slice(0, limit).map(withIsoTimes);
  return { files: page, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
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
