// All that the database knows of one package: its row, why lines of it were rejected, which packages had the same bytes.
import { asc, eq } from "drizzle-orm";
import { files } from "../database/schema.ts";
import { type FileSummary, summaryColumns, withIsoTimes } from "./file-summary.ts";
import type { Queryable } from "./queryable.ts";
import { countRejectsByReason, type ReasonCount } from "./rejects.ts";

const storyColumns = {
  ...summaryColumns,
  sha256: files.sha256,
  header: files.header,
  checkpointLine: files.checkpointLine,
  ownerEpoch: files.ownerEpoch,
  attempts: files.attempts,
  owner: files.owner,
};

export interface FileStory
  extends FileSummary,
    Pick<
      typeof files.$inferSelect,
      "sha256" | "header" | "checkpointLine" | "ownerEpoch" | "attempts" | "owner"
    > {
  /** Of the rejected lines that are stored; their sum is `errors` unless DOWNLINK_MAX_REJECTS_STORED was passed. */
  readonly rejectsByReason: readonly ReasonCount[];
  /** Later packages with the same bytes, the first ones. */
  readonly duplicates: readonly number[];
}

const mostDuplicates = 100;

/** @returns undefined if there is no such package */
export async function findFileStory(db: Queryable, id: number): Promise<FileStory | undefined> {
  const [row] = await db.select(storyColumns).from(files).where(eq(files.id, id));
  if (row === undefined) return undefined;
  const rejectsByReason = await countRejectsByReason(db, id);
  const duplicates = await db
    .select({ id: files.id })
    .from(files)
    .where(eq(files.duplicateOf, id))
    .orderBy(asc(files.id))
    .limit(mostDuplicates);
  return { ...withIsoTimes(row), rejectsByReason, duplicates: duplicates.map((one) => one.id) };
}

export async function hasFile(db: Queryable, id: number): Promise<boolean> {
  const rows = await db.select({ id: files.id }).from(files).where(eq(files.id, id));
  return rows.length === 1;
}
