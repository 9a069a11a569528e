// Whole rows of the ledger, the newest first, page by page in both directions: what a table of packages is made of.
import { and, asc, desc, gt, lt } from "drizzle-orm";
import { files } from "../database/schema.ts";
import { withIsoTimes } from "./file-summary.ts";
import { type FileFilter, isAmongFiles } from "./find-files.ts";
import type { Queryable } from "./queryable.ts";

/** All columns, times in ISO 8601. */
export type FileRow = typeof files.$inferSelect;

export interface FileRowsQuery extends FileFilter {
  /** Older than this package. */
  readonly before?: number | undefined;
  /** Newer than this package; of these the oldest, unless `before` is given too. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface FileRowsPage {
  readonly rows: readonly FileRow[];
  /** There are more in the direction of the question. */
  readonly hasMore: boolean;
}

export async function findFileRows(db: Queryable, query: FileRowsQuery): Promise<FileRowsPage> {
  const { before, after, limit } = query;
  const isUpwards = after !== undefined && before === undefined;
  const found = await db
    .select()
    .from(files)
    .where(
      and(
        isAmongFiles(query),
        before === undefined ? undefined : lt(files.id, before),
        after === undefined ? undefined : gt(files.id, after),
      ),
    )
    .orderBy(isUpwards ? asc(files.id) : desc(files.id))
    .limit(limit + 1); // One more, to know whether there are more.
  const rows = found.slice(0, limit).map(withIsoTimes);
  return { rows: isUpwards ? rows.reverse() : rows, hasMore: found.length > limit };
}
