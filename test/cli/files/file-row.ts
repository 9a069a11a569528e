// A row of the ledger to change one thing of.
import type { FileRow } from "../../../src/cli/files/file-table.ts";

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
  firstTimestamp: "2024-05-01 12:00:00.25+00",
  lastTimestamp: "2024-05-01 12:01:40.000001+00",
  insertedAt: "2024-06-01 00:00:00+00",
  startedAt: "2024-06-01 00:00:00+00",
  completedAt: "2024-06-01 00:00:01+00",
  updatedAt: "2024-06-01 00:00:01+00",
};
