// What must hold at every committed moment, whatever is being loaded: V1 to V12. Each query gives a row for each
// violation (kind, subject, said), and none when all is well. Plain SQL on the tables of the contract.

export interface Limits {
  /** The daemon's DOWNLINK_MAX_REJECTS_STORED. */
  readonly maxRejectsStored: number;
  /** The daemon's DOWNLINK_MAX_ATTEMPTS. */
  readonly maxAttempts: number;
}

export const defaultLimits: Limits = { maxRejectsStored: 10_000, maxAttempts: 20 };

export type Checks = readonly (readonly [name: string, sql: string])[];

const reasons = [
  "invalid_utf8",
  "nul_byte",
  "invalid_json",
  "not_an_object",
  "line_too_long",
  "missing_field",
  "wrong_type",
  "invalid_timestamp",
  "out_of_range",
  "invalid_string",
  "too_deep",
  "database",
];

export function invariants({ maxRejectsStored, maxAttempts }: Limits): Checks {
  return [
    // The counter is the number of rows, each line once.
    [
      "V1",
      `SELECT CASE WHEN t.n <> t.d THEN 'duplicate' ELSE 'miscounted' END AS kind, 'file ' || f.id AS subject,
              format('imported_lines is %s, telemetry has %s rows of %s lines', f.imported_lines, coalesce(t.n, 0), coalesce(t.d, 0)) AS said
         FROM files f LEFT JOIN (SELECT file_id, count(*) AS n, count(DISTINCT line) AS d FROM telemetry GROUP BY file_id) t ON t.file_id = f.id
        WHERE f.imported_lines <> coalesce(t.n, 0) OR t.n <> t.d`,
    ],
    // Rejected lines are stored up to the cap, each once.
    [
      "V2",
      `SELECT CASE WHEN r.n <> r.d THEN 'duplicate' ELSE 'miscounted' END AS kind, 'file ' || f.id AS subject,
              format('errors is %s, rejected_lines has %s', f.errors, coalesce(r.n, 0)) AS said
         FROM files f LEFT JOIN (SELECT file_id, count(*) AS n, count(DISTINCT line) AS d FROM rejected_lines GROUP BY file_id) r ON r.file_id = f.id
        WHERE coalesce(r.n, 0) <> least(f.errors, ${maxRejectsStored}) OR r.n <> r.d`,
    ],
    // The books balance, for every status.
    [
      "V3",
      `SELECT 'miscounted' AS kind, 'file ' || id AS subject,
              format('total %s is not imported %s + errors %s', total_lines, imported_lines, errors) AS said
         FROM files WHERE total_lines <> imported_lines + errors`,
    ],
    // No line is both imported and rejected.
    [
      "V4",
      `SELECT 'duplicate' AS kind, format('file %s line %s', file_id, line) AS subject, 'imported and rejected' AS said
         FROM (SELECT file_id, line FROM telemetry INTERSECT SELECT file_id, line FROM rejected_lines) x`,
    ],
    // Nothing lies at or beyond the checkpoint, no more is counted than was read, no byte lies beyond the end.
    [
      "V5",
      `SELECT 'unexpected' AS kind, 'file ' || f.id AS subject,
              format('line %s stored, %s counted, checkpoint at line %s, byte %s of %s', m.line, f.total_lines, f.checkpoint_line, f.checkpoint_offset, f.size_bytes) AS said
         FROM files f LEFT JOIN (SELECT file_id, max(line) AS line FROM (SELECT file_id, line FROM telemetry UNION ALL SELECT file_id, line FROM rejected_lines) l GROUP BY file_id) m ON m.file_id = f.id
        WHERE m.line >= coalesce(f.checkpoint_line, 0) OR f.total_lines > greatest(coalesce(f.checkpoint_line, 0) - 2, 0) OR f.checkpoint_offset > f.size_bytes`,
    ],
    // No rows without their file: there is no foreign key.
    [
      "V6",
      `SELECT 'unexpected' AS kind, 'file ' || file_id AS subject, 'rows without a row in files' AS said
         FROM (SELECT DISTINCT file_id FROM telemetry UNION SELECT DISTINCT file_id FROM rejected_lines) x
        WHERE NOT EXISTS (SELECT FROM files f WHERE f.id = x.file_id)`,
    ],
    // Refused packages and duplicates count nothing.
    [
      "V7",
      `SELECT 'miscounted' AS kind, 'file ' || id AS subject, status || ', and yet it counts lines' AS said FROM files
        WHERE (status = 'duplicate' OR (status = 'failed' AND satellite_type IS NULL)) AND (total_lines, imported_lines, errors) <> (0, 0, 0)`,
    ],
    // One package that is no duplicate for each content.
    [
      "V8",
      `SELECT 'duplicate' AS kind, 'sha256 ' || sha256 AS subject, count(*) || ' rows that are no duplicates' AS said
         FROM files WHERE status <> 'duplicate' GROUP BY sha256 HAVING count(*) > 1`,
    ],
    // duplicate_of names the complete package with the same bytes, and only duplicates have it.
    [
      "V9",
      `SELECT 'miscounted' AS kind, 'file ' || d.id AS subject, format('%s, duplicate_of is %s', d.status, d.duplicate_of) AS said
         FROM files d LEFT JOIN files c ON c.id = d.duplicate_of AND c.id <> d.id AND c.status = 'complete' AND c.sha256 = d.sha256
        WHERE (d.status = 'duplicate' AND c.id IS NULL) OR (d.status <> 'duplicate' AND d.duplicate_of IS NOT NULL)`,
    ],
    // A row says what its status needs.
    [
      "V10",
      `SELECT 'miscounted' AS kind, 'file ' || id AS subject, format('%s, and a column does not fit that, or %s attempts', status, attempts) AS said FROM files
        WHERE status NOT IN ('processing', 'complete', 'failed', 'duplicate') OR (status = 'failed' AND coalesce(error, '') = '') OR attempts > ${maxAttempts}
           OR (status = 'complete' AND num_nulls(sha256, satellite_type, header, checkpoint_line, checkpoint_offset, completed_at) > 0)
           OR (status <> 'complete' AND completed_at IS NOT NULL)`,
    ],
    // The range of the imported readings.
    [
      "V11",
      `SELECT 'miscounted' AS kind, 'file ' || f.id AS subject, format('range is %s to %s, rows say %s to %s', f.first_timestamp, f.last_timestamp, t.a, t.b) AS said
         FROM files f LEFT JOIN (SELECT file_id, min(timestamp) AS a, max(timestamp) AS b FROM telemetry GROUP BY file_id) t ON t.file_id = f.id
        WHERE (f.first_timestamp, f.last_timestamp) IS DISTINCT FROM (t.a, t.b)`,
    ],
    // Every rejected line has a place, its bytes and a known reason.
    [
      "V12",
      `SELECT 'altered' AS kind, format('file %s line %s', file_id, line) AS subject, format('rejected as %s at byte %s', reason, byte_offset) AS said FROM rejected_lines
        WHERE line < 2 OR byte_offset IS NULL OR raw IS NULL OR reason IS NULL OR reason NOT IN (${reasons.map((reason) => `'${reason}'`).join(", ")})
           OR (reason = 'database' AND coalesce(detail, '') !~ '[0-9A-Z]{5}')`,
    ],
  ];
}
