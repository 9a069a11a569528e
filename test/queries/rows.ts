// Rows of the ledger and readings as if packages had been loaded: for questions, which only look.
import type { MigratedDatabase } from "../support/migrated-database.ts";

export interface MadePackage {
  readonly name?: string;
  readonly status?: "processing" | "complete" | "failed" | "duplicate";
  readonly satelliteType?: string | null;
  /** How many readings, a second apart. */
  readonly readings?: number;
  /** When the first one was taken. */
  readonly first?: string;
  readonly insertedAt?: string;
  readonly duplicateOf?: number;
  readonly error?: string;
}

/** @returns the package's id */
export async function makePackage(
  database: MigratedDatabase,
  made: MadePackage = {},
): Promise<number> {
  const { readings = 0, first = "2024-05-01T12:00:00Z", satelliteType = "jackal_mk1" } = made;
  const [row] = await database.rows<{ id: number }>(
    `INSERT INTO files (name, size_bytes, status, satellite_type, total_lines, imported_lines, inserted_at,
                        duplicate_of, error, first_timestamp, last_timestamp)
     SELECT $1, 100, $2, $3, $4::int, $4::int, coalesce($5::timestamptz, now()), $6, $7, $8::timestamptz,
            $8::timestamptz + make_interval(secs => $4::int - 1)
     RETURNING id::int`,
    [
      made.name ?? "package.ndjson",
      made.status ?? "complete",
      satelliteType,
      readings,
      made.insertedAt ?? null,
      made.duplicateOf ?? null,
      made.error ?? null,
      readings === 0 ? null : first,
    ],
  );
  if (row === undefined) throw new Error("no row");
  await database.rows(
    `INSERT INTO telemetry SELECT $1, 1 + n, $2::timestamptz + make_interval(secs => n - 1), 1000 + n, 2000 - n,
            n % 90, -n % 180, jsonb_build_object('instrument1', CASE n % 10 WHEN 0 THEN 'off' ELSE 'on' END, 'instrument2', 'ok')
       FROM generate_series(1, $3::int) AS n`,
    [row.id, first, readings],
  );
  return row.id;
}

/** As many rejected lines as there are reasons, line 2 first. */
export async function rejectLines(
  database: MigratedDatabase,
  fileId: number,
  reasons: readonly string[],
): Promise<void> {
  for (const [at, reason] of reasons.entries()) {
    await database.rows(
      "INSERT INTO rejected_lines (file_id, line, byte_offset, reason, raw) VALUES ($1, $2, $3, $4, $5)",
      [fileId, at + 2, at * 10, reason, Buffer.from(`{"line":${at}}`)],
    );
  }
}
