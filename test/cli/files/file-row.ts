// A row of the ledger to change one thing of.
import type { FileRow } from "../../../src/queries/file-rows.ts";

export const completeRow: FileRow = {
  id: 7,
  name: "a.ndjson",
  sha256: "00",
  sizeBytes: 1_000,
  satelliteType: "jackal_mk1",
  header: { satellite_type: "jackal_mk1" },
  status: "complete",
  totalLines: 1_000,
  importedLines: 990,
  errors: 10,
  checkpointLine: 1_002,
  checkpointOffset: 1_000,
  ownerEpoch: 1,
  attempts: 0,
  owner: null,
  duplicateOf: null,
  error: null,
  firstTimestamp: "2024-05-01T12:00:00.250000Z",
  lastTimestamp: "2024-05-01T12:01:40.000001Z",
  insertedAt: "2024-06-01T00:00:00.000000Z",
  startedAt: "2024-06-01T00:00:00.000000Z",
  completedAt: "2024-06-01T00:00:01.000000Z",
  updatedAt: "2024-06-01T00:00:01.000000Z",
};
