// Faults as somebody might plant them into a loaded database, and what the checker must say to each. In SQL, so that
// they need nothing of the daemon; the keys and checks of the schema are away when they are planted.
import type { ViolationKind } from "../../chaos/checker/violation.ts";

export interface PlantedFault {
  readonly what: string;
  readonly sql: string;
  readonly kind: ViolationKind;
  readonly check: string;
}

/** A complete package with many readings, one with rejected lines, the duplicate and the refused one. */
const big =
  "(SELECT id FROM files WHERE status = 'complete' ORDER BY imported_lines DESC, id LIMIT 1)";
const dirty = "(SELECT id FROM files WHERE status = 'complete' ORDER BY errors DESC, id LIMIT 1)";
const duplicate = "(SELECT min(id) FROM files WHERE status = 'duplicate')";
const refused = "(SELECT min(id) FROM files WHERE status = 'failed')";
const firstOf = (file: string, table = "telemetry"): string =>
  `file_id = ${file} AND line = (SELECT min(line) FROM ${table} WHERE file_id = ${file})`;

const fault = (what: string, kind: ViolationKind, check: string, sql: string): PlantedFault => {
  return { what, sql, kind, check };
};

const telemetryColumns = "line, timestamp, velocity, altitude, latitude, longitude, instruments";

export const plantedFaults: readonly PlantedFault[] = [
  // Counters and rows.
  fault("a reading is gone", "miscounted", "V1", `DELETE FROM telemetry WHERE ${firstOf(big)}`),
  fault(
    "a reading is gone: which line",
    "lost",
    "V15",
    `DELETE FROM telemetry WHERE ${firstOf(big)}`,
  ),
  fault(
    "a reading and its count are gone",
    "miscounted",
    "V14",
    `DELETE FROM telemetry WHERE ${firstOf(big)}; UPDATE files SET imported_lines = imported_lines - 1, total_lines = total_lines - 1 WHERE id = ${big}`,
  ),
  fault(
    "a reading is there twice",
    "duplicate",
    "V1",
    `INSERT INTO telemetry SELECT * FROM telemetry WHERE ${firstOf(big)}`,
  ),
  fault(
    "a reading too many",
    "unexpected",
    "V15",
    `INSERT INTO telemetry SELECT file_id, 1, ${telemetryColumns.slice(6)} FROM telemetry WHERE ${firstOf(big)}`,
  ),
  fault(
    "imported_lines is too high",
    "miscounted",
    "V1",
    `UPDATE files SET imported_lines = imported_lines + 1, total_lines = total_lines + 1 WHERE id = ${big}`,
  ),
  fault(
    "the books do not balance",
    "miscounted",
    "V3",
    `UPDATE files SET total_lines = total_lines + 1 WHERE id = ${big}`,
  ),
  fault(
    "errors is too high",
    "miscounted",
    "V2",
    `UPDATE files SET errors = errors + 1, total_lines = total_lines + 1 WHERE id = ${dirty}`,
  ),
  fault(
    "a rejected line is gone",
    "lost",
    "V16",
    `DELETE FROM rejected_lines WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
  fault(
    "a rejected line is there twice",
    "duplicate",
    "V2",
    `INSERT INTO rejected_lines SELECT * FROM rejected_lines WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
  fault(
    "a line is imported and rejected",
    "duplicate",
    "V4",
    `INSERT INTO rejected_lines (file_id, line, byte_offset, reason, raw) SELECT file_id, line, 0, 'invalid_json', '' FROM telemetry WHERE ${firstOf(big)}`,
  ),
  // Checkpoint.
  fault(
    "a reading lies beyond the checkpoint",
    "unexpected",
    "V5",
    `UPDATE files SET checkpoint_line = 3 WHERE id = ${big}`,
  ),
  fault(
    "the checkpoint lies beyond the end",
    "unexpected",
    "V5",
    `UPDATE files SET checkpoint_offset = size_bytes + 1 WHERE id = ${big}`,
  ),
  // Rows of nobody.
  fault(
    "readings of no file",
    "unexpected",
    "V6",
    `INSERT INTO telemetry SELECT 999999, ${telemetryColumns} FROM telemetry WHERE ${firstOf(big)}`,
  ),
  fault(
    "rejected lines of no file",
    "unexpected",
    "V6",
    "INSERT INTO rejected_lines (file_id, line, byte_offset, reason, raw) VALUES (999999, 2, 0, 'too_deep', '')",
  ),
  // Status.
  fault(
    "a refused package counts lines",
    "miscounted",
    "V7",
    `UPDATE files SET total_lines = 1, errors = 1 WHERE id = ${refused}`,
  ),
  fault(
    "a duplicate counts lines",
    "miscounted",
    "V7",
    `UPDATE files SET total_lines = 1, errors = 1 WHERE id = ${duplicate}`,
  ),
  fault(
    "a content is complete twice",
    "duplicate",
    "V8",
    `UPDATE files SET status = 'complete', duplicate_of = NULL WHERE id = ${duplicate}`,
  ),
  fault(
    "a duplicate of nothing",
    "miscounted",
    "V9",
    `UPDATE files SET duplicate_of = NULL WHERE id = ${duplicate}`,
  ),
  fault(
    "a duplicate of other bytes",
    "miscounted",
    "V9",
    `UPDATE files SET duplicate_of = ${refused} WHERE id = ${duplicate}`,
  ),
  fault(
    "a complete package is a duplicate",
    "miscounted",
    "V9",
    `UPDATE files SET duplicate_of = ${dirty} WHERE id = ${big} AND id <> ${dirty}`,
  ),
  fault(
    "an unknown status",
    "miscounted",
    "V10",
    `UPDATE files SET status = 'done' WHERE id = ${big}`,
  ),
  fault(
    "failed, and no reason",
    "miscounted",
    "V10",
    `UPDATE files SET error = '' WHERE id = ${refused}`,
  ),
  fault(
    "too many attempts",
    "miscounted",
    "V10",
    `UPDATE files SET attempts = 21 WHERE id = ${big}`,
  ),
  fault(
    "complete, and no time",
    "miscounted",
    "V10",
    `UPDATE files SET completed_at = NULL WHERE id = ${big}`,
  ),
  fault(
    "the range is wrong",
    "miscounted",
    "V11",
    `UPDATE files SET first_timestamp = first_timestamp - interval '1 microsecond' WHERE id = ${big}`,
  ),
  fault(
    "an unknown reason",
    "altered",
    "V12",
    `UPDATE rejected_lines SET reason = 'bad' WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
  fault(
    "refused by the database, and no code",
    "altered",
    "V12",
    `UPDATE rejected_lines SET reason = 'database', detail = '' WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
  fault(
    "the header is a rejected line",
    "altered",
    "V12",
    `UPDATE rejected_lines SET line = 1 WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
  fault(
    "still in work",
    "stuck",
    "V13",
    `UPDATE files SET status = 'processing' WHERE id = ${big}`,
  ),
  // Whole packages.
  fault(
    "a package is gone with all its rows",
    "lost",
    "V14",
    `DELETE FROM telemetry WHERE file_id = ${dirty}; DELETE FROM rejected_lines WHERE file_id = ${dirty}; DELETE FROM files WHERE id = ${dirty}`,
  ),
  fault(
    "a package that nobody dropped",
    "unexpected",
    "V14",
    `UPDATE files SET sha256 = repeat('0', 64) WHERE id = ${big}`,
  ),
  fault("a duplicate is gone", "miscounted", "V14", `DELETE FROM files WHERE id = ${duplicate}`),
  fault(
    "a refused package is said to be complete",
    "miscounted",
    "V14",
    `UPDATE files SET status = 'complete' WHERE id = ${refused}`,
  ),
  // Values.
  fault(
    "microseconds are cut",
    "altered",
    "V15",
    `UPDATE telemetry SET timestamp = date_trunc('milliseconds', timestamp) WHERE file_id = ${big}`,
  ),
  fault(
    "the last bit of a double",
    "altered",
    "V15",
    `UPDATE telemetry SET velocity = velocity * (1 + 2.3e-16) WHERE ${firstOf(big)}`,
  ),
  fault(
    "-0 has become 0",
    "altered",
    "V15",
    "UPDATE telemetry SET velocity = 0 WHERE float8send(velocity) = '\\x8000000000000000'",
  ),
  fault(
    '"" has become null',
    "altered",
    "V15",
    `UPDATE telemetry SET instruments = jsonb_set(instruments, '{instrument1}', 'null') WHERE instruments->>'instrument1' = ''`,
  ),
  fault(
    "an instrument is gone",
    "altered",
    "V15",
    `UPDATE telemetry SET instruments = instruments - 'instrument1' WHERE ${firstOf(big)}`,
  ),
  fault(
    "two readings are exchanged",
    "altered",
    "V15",
    `UPDATE telemetry SET line = CASE line WHEN a THEN b ELSE a END FROM (SELECT min(line) AS a, max(line) AS b FROM telemetry WHERE file_id = ${big}) x WHERE file_id = ${big} AND line IN (a, b)`,
  ),
  // Rejected lines.
  fault(
    "a rejected line's bytes",
    "altered",
    "V16",
    `UPDATE rejected_lines SET raw = raw || ' ' WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
  fault(
    "a rejected line's reason",
    "altered",
    "V16",
    `UPDATE rejected_lines SET reason = 'too_deep' WHERE reason = 'invalid_json'`,
  ),
  fault(
    "a rejected line's place",
    "altered",
    "V16",
    `UPDATE rejected_lines SET byte_offset = byte_offset + 1 WHERE ${firstOf(dirty, "rejected_lines")}`,
  ),
];
