// What is told of a package wherever packages are listed: its row in the ledger, with times in ISO 8601.
import { files } from "../database/schema.ts";
import { isoTime, isoTimeOrNull } from "./iso-time.ts";

export const summaryColumns = {
  id: files.id,
  name: files.name,
  status: files.status,
  satelliteType: files.satelliteType,
  sizeBytes: files.sizeBytes,
  totalLines: files.totalLines,
  importedLines: files.importedLines,
  errors: files.errors,
  checkpointOffset: files.checkpointOffset,
  firstTimestamp: files.firstTimestamp,
  lastTimestamp: files.lastTimestamp,
  insertedAt: files.insertedAt,
  startedAt: files.startedAt,
  completedAt: files.completedAt,
  updatedAt: files.updatedAt,
  duplicateOf: files.duplicateOf,
  error: files.error,
};

export type FileSummary = Pick<typeof files.$inferSelect, keyof typeof summaryColumns>;

type Times = Pick<
  FileSummary,
  "firstTimestamp" | "lastTimestamp" | "insertedAt" | "startedAt" | "completedAt" | "updatedAt"
>;

export function withIsoTimes<Row extends Times>(row: Row): Row {
  return {
    ...row,
    firstTimestamp: isoTimeOrNull(row.firstTimestamp),
    lastTimestamp: isoTimeOrNull(row.lastTimestamp),
    insertedAt: isoTime(row.insertedAt),
    startedAt: isoTimeOrNull(row.startedAt),
    completedAt: isoTimeOrNull(row.completedAt),
    updatedAt: isoTime(row.updatedAt),
  };
}
