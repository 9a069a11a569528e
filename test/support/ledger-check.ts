// What a test asks of the database after a package: its row, its readings by value, its rejected lines, and whether
// the books balance. Plain SQL, none of the daemon's code.
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { expect } from "vitest";
import type { SamplePackage } from "./sample-package.ts";
import { testPool } from "./test-pool.ts";

export interface FileRow {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly total_lines: number;
  readonly imported_lines: number;
  readonly errors: number;
  readonly error: string | null;
  readonly satellite_type: string | null;
  readonly duplicate_of: number | null;
  readonly attempts: number;
  readonly owner: string | null;
}

/** Each returns no row when all is well. */
const invariants = {
  "imported_lines is the number of rows": `
    SELECT f.id FROM files f LEFT JOIN (SELECT file_id, count(*) AS n FROM telemetry GROUP BY file_id) t ON t.file_id = f.id
     WHERE f.imported_lines <> coalesce(t.n, 0)`,
  "errors is the number of rejected lines": `
    SELECT f.id FROM files f LEFT JOIN (SELECT file_id, count(*) AS n FROM rejected_lines GROUP BY file_id) r ON r.file_id = f.id
     WHERE coalesce(r.n, 0) <> least(f.errors, 10000)`,
  "the books balance": "SELECT id FROM files WHERE total_lines <> imported_lines + errors",
  "no line is imported and rejected":
    "SELECT file_id, line FROM telemetry INTERSECT SELECT file_id, line FROM rejected_lines",
  "nothing lies at or beyond the checkpoint": `
    SELECT f.id FROM files f JOIN (SELECT file_id, line FROM telemetry UNION ALL SELECT file_id, line FROM rejected_lines) l ON l.file_id = f.id
     WHERE l.line >= f.checkpoint_line OR f.checkpoint_offset > f.size_bytes`,
  "no rows without their file":
    "SELECT file_id FROM telemetry t WHERE NOT EXISTS (SELECT FROM files f WHERE f.id = t.file_id)",
  "one row per content":
    "SELECT sha256 FROM files WHERE status <> 'duplicate' GROUP BY sha256 HAVING count(*) > 1",
  "a duplicate names the complete original": `
    SELECT d.id FROM files d LEFT JOIN files c ON c.id = d.duplicate_of AND c.status = 'complete' AND c.sha256 = d.sha256
     WHERE (d.status = 'duplicate') <> (c.id IS NOT NULL)`,
  "a status has what it needs": `
    SELECT id FROM files WHERE (status = 'failed' AND coalesce(error, '') = '') OR (completed_at IS NOT NULL) <> (status = 'complete')
        OR (status = 'complete' AND num_nulls(sha256, satellite_type, header) > 0) OR (status <> 'processing' AND owner IS NOT NULL)`,
  "the range is that of the readings": `
    SELECT f.id FROM files f LEFT JOIN (SELECT file_id, min(timestamp) AS a, max(timestamp) AS b FROM telemetry GROUP BY file_id) t ON t.file_id = f.id
     WHERE (f.first_timestamp, f.last_timestamp) IS DISTINCT FROM (t.a, t.b)`,
} as const;

export class LedgerCheck {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = testPool(url);
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, values)).rows;
  }

  async files(): Promise<FileRow[]> {
    return this.query<FileRow>(
      `SELECT id::int, name, status, total_lines::int, imported_lines::int, errors::int, error, satellite_type,
              duplicate_of::int, attempts, owner FROM files ORDER BY id`,
    );
  }

  /** Waits until so many packages have ended, in one way or another. */
  async ended(count: number, limitMs = 30_000): Promise<FileRow[]> {
    const deadlineMs = performance.now() + limitMs;
    for (;;) {
      // The table may not be there yet, and the server may be between two lives.
      const files = await this.files().catch(() => []);
      const ended = files.filter(({ status }) => status !== "processing");
      if (ended.length >= count && ended.length === files.length) return files;
      if (performance.now() > deadlineMs) {
        throw new Error(
          `${ended.length} of ${count} packages ended in ${limitMs} ms: ${JSON.stringify(files.slice(-5))}`,
        );
      }
      await delay(20);
    }
  }

  async expectInvariants(): Promise<void> {
    for (const [rule, text] of Object.entries(invariants)) {
      expect(await this.query(text), rule).toEqual([]);
    }
  }

  /** The package is complete, and each of its lines is in the right table, once, with the value that was sent. */
  async expectLoaded(sample: SamplePackage): Promise<void> {
    const [file] = await this.query<{ id: string; status: string; books: number[] }>(
      `SELECT id, status, ARRAY[total_lines, imported_lines, errors]::int[] AS books FROM files
        WHERE sha256 = $1 AND status <> 'duplicate'`,
      [sample.sha256],
    );
    const { rows, rejected } = sample;
    const books = [rows.length + rejected.length, rows.length, rejected.length];
    expect(file).toMatchObject({ status: "complete", books });
    const telemetry = await this.query(
      `SELECT line, (extract(epoch FROM timestamp) * 1000000)::bigint::text AS "timestampUs", velocity, altitude, latitude,
              longitude, instruments FROM telemetry WHERE file_id = $1 ORDER BY line`,
      [file?.id],
    );
    const seen = telemetry.map(({ instruments, ...row }) => ({
      ...row,
      instruments: renamed(instruments),
    }));
    expect(seen).toEqual(rows.map((row) => ({ ...row, timestampUs: String(row.timestampUs) })));
    const lines = await this.query<{ line: number }>(
      "SELECT line FROM rejected_lines WHERE file_id = $1 ORDER BY line",
      [file?.id],
    );
    expect(lines.map(({ line }) => line)).toEqual(rejected);
  }
}

/** jackal_mk2 calls the sample's second instrument its third, and has a fourth that says nothing. */
function renamed(
  instruments: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const { instrument1, instrument2, instrument3 } = instruments;
  return { instrument1, instrument2: instrument2 ?? instrument3 };
}
