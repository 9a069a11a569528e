// What must hold when everything is loaded: V13 to V16, which hold the tables against the manifest, value by value.
// What only these see: a loss that lowers the counters too, microseconds cut, the last bit of a double, -0 turned
// into 0, "" turned into null, two rows exchanged.
import type { Checks } from "./invariants.ts";

/** What the daemon has stored of a line, as manifest/digest.ts has it. */
const digest = `md5(concat_ws('|', t.line, (extract(epoch FROM t.timestamp) * 1000000)::bigint, encode(float8send(t.velocity), 'hex'),
  encode(float8send(t.altitude), 'hex'), encode(float8send(t.latitude), 'hex'), encode(float8send(t.longitude), 'hex'), t.instruments::text))`;

export const finalInvariants: Checks = [
  // Nothing is still in work.
  [
    "V13",
    `SELECT 'stuck' AS kind, 'file ' || id AS subject, format('processing, at line %s after %s attempts, owner %s', checkpoint_line, attempts, coalesce(owner, 'none')) AS said
       FROM files WHERE status = 'processing'`,
  ],
  // Every package that was dropped is accounted for, and no other.
  [
    "V14",
    `SELECT CASE WHEN g.n IS NULL THEN 'lost' WHEN e.copies IS NULL THEN 'unexpected' ELSE 'miscounted' END AS kind, 'sha256 ' || sha256 AS subject,
            format('expected %s copies, %s lines, %s imported, %s errors%s; found %s rows (%s complete, %s failed, %s duplicate), %s, %s, %s',
              e.copies, e.total, e.imported, e.errors, CASE WHEN e.refused THEN ', refused' END, g.n, g.complete, g.failed, g.duplicate, g.total, g.imported, g.errors) AS said
       FROM manifest.expected e FULL JOIN (SELECT sha256, count(*) AS n, count(*) FILTER (WHERE status = 'complete') AS complete,
            count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'duplicate') AS duplicate,
            sum(total_lines) AS total, sum(imported_lines) AS imported, sum(f.errors) AS errors FROM files f GROUP BY sha256) g USING (sha256)
      WHERE e.copies IS DISTINCT FROM g.n OR (e.refused AND g.failed <> e.copies) OR (NOT e.refused AND (g.complete, g.duplicate) <> (1, e.copies - 1))
         OR (g.total, g.imported, g.errors) IS DISTINCT FROM (e.total, e.imported, e.errors)`,
  ],
  // Value by value.
  [
    "V15",
    `SELECT CASE WHEN a.digest IS NULL THEN 'lost' WHEN e.digest IS NULL THEN 'unexpected' ELSE 'altered' END AS kind,
            format('sha256 %s line %s', sha256, line) AS subject, 'a reading' AS said
       FROM manifest.expected_lines e FULL JOIN (SELECT f.sha256, t.line, ${digest} AS digest
            FROM telemetry t JOIN files f ON f.id = t.file_id AND f.status = 'complete') a USING (sha256, line)
      WHERE a.digest IS DISTINCT FROM e.digest`,
  ],
  // Rejected lines: the right ones, for the right reason, with their bytes.
  [
    "V16",
    `SELECT CASE WHEN a.reason IS NULL THEN 'lost' WHEN e.reason IS NULL THEN 'unexpected' ELSE 'altered' END AS kind,
            format('sha256 %s line %s', sha256, line) AS subject,
            format('rejected as %s at byte %s, must be %s at byte %s%s', a.reason, a.byte_offset, e.reason, e.byte_offset,
              CASE WHEN a.raw_md5 <> e.raw_md5 THEN ', and with other bytes' END) AS said
       FROM manifest.expected_rejects e FULL JOIN (SELECT f.sha256, r.line, r.reason, r.byte_offset, md5(r.raw) AS raw_md5
            FROM rejected_lines r JOIN files f ON f.id = r.file_id AND f.status = 'complete') a USING (sha256, line)
      WHERE (a.reason, a.byte_offset, a.raw_md5) IS DISTINCT FROM (e.reason, e.byte_offset, e.raw_md5)`,
  ],
];
