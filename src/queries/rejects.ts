// The rejected lines of a package: which, where, why, and their bytes.
import { and, asc, count, desc, eq, gt, sql } from "drizzle-orm";
import { rejectedLines } from "../database/schema.ts";
import type { Page } from "./find-files.ts";
import { isoTime } from "./iso-time.ts";
import type { Queryable } from "./queryable.ts";

export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

export interface RejectedLine {
  readonly line: number;
  readonly byteOffset: number;
  readonly reason: string;
  readonly detail: string | null;
  readonly rejectedAt: string;
  /** How many bytes of the line are stored. */
  readonly rawBytes: number;
  /** The first of them. */
  readonly raw: Buffer;
}

export interface RejectsPage {
  readonly rejects: readonly RejectedLine[];
  /** `after` of the next page; null if this is the last. */
  readonly next: number | null;
}

export interface RejectsQuery extends Page {
  readonly fileId: number;
  readonly reason?: string | undefined;
  /** A line can be a megabyte long: at most so many bytes of each are fetched. */
  readonly mostRawBytes: number;
}

/** In the order of the file. */
export async function findRejects(db: Queryable, query: RejectsQuery): Promise<RejectsPage> {
  const { fileId, reason, after, limit, mostRawBytes } = query;
  const { line, byteOffset, detail, rejectedAt, raw } = rejectedLines;
  const found = await db
    .select({
      line,
      byteOffset,
      reason: rejectedLines.reason,
      detail,
      rejectedAt,
      rawBytes: sql<number>`octet_length(${raw})`,
      raw: sql<Buffer>`substring(${raw} FROM 1 FOR ${mostRawBytes})`,
    })
    .from(rejectedLines)
    .where(
      and(
        eq(rejectedLines.fileId, fileId),
        reason === undefined ? undefined : eq(rejectedLines.reason, reason),
        after === undefined ? undefined : gt(line, after),
      ),
    )
    .orderBy(asc(line))
    .limit(limit + 1); // One more, to know whether there are more.
  const rejects = found.slice(0, limit).map((one) => {
    return { ...one, rejectedAt: isoTime(one.rejectedAt) };
  });
  return { rejects, next: found.length > limit ? (rejects.at(-1)?.line ?? null) : null };
}

/** The most frequent reason first. */
export async function countRejectsByReason(db: Queryable, fileId: number): Promise<ReasonCount[]> {
  const { reason } = rejectedLines;
  return db
    .select({ reason, count: count() })
    .from(rejectedLines)
    .where(eq(rejectedLines.fileId, fileId))
    .groupBy(reason)
    .orderBy(desc(count()), asc(reason));
}
