// The ledger of a test file, on a database of its own.

import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { Database } from "../../src/database/database.ts";
import { givenServer } from "../../src/database/server.ts";
import { Events } from "../../src/observability/events.ts";
import { logLines } from "../observability/log-lines.ts";
import { createTestDatabase } from "../support/test-database.ts";
import { testPool } from "../support/test-pool.ts";

export interface LedgerFile {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly sha256: string | null;
  readonly size: number;
  readonly checkpoint: number;
  readonly attempts: number;
  readonly owner: string | null;
  readonly duplicate_of: number | null;
  readonly error: string | null;
}

export const sha256 = (bytes: string | Buffer): string =>
  createHash("sha256").update(bytes).digest("hex");

/** The ledger of a test file, seen from outside. Empty at the beginning of each test. */
export class TestLedger {
  #url = "";
  #pool = testPool("");

  constructor() {
    let drop = async (): Promise<void> => {};
    beforeAll(async () => {
      const database = await createTestDatabase();
      ({ url: this.#url, drop } = database);
      await migrate(this.#url);
      this.#pool = testPool(this.#url);
    });
    beforeEach(async () => {
      await this.#pool.query("TRUNCATE files, telemetry, rejected_lines");
    });
    afterAll(async () => {
      await this.#pool.end();
      await drop();
    });
  }

  get url(): string {
    return this.#url;
  }

  async rows(): Promise<LedgerFile[]> {
    const { rows } = await this.#pool.query<LedgerFile>(
      `SELECT id::int, name, status, sha256, size_bytes::int8::float8 AS size, checkpoint_line::int AS checkpoint,
         attempts, owner, duplicate_of::int, error FROM files ORDER BY id`,
    );
    return rows;
  }

  async row(id: number): Promise<LedgerFile | undefined> {
    return (await this.rows()).find((row) => row.id === id);
  }

  /** How many rows have each status. */
  async statuses(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status } of await this.rows()) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  /** Writes a row as an earlier life might have left it. */
  async enter(row: Pick<LedgerFile, "status" | "sha256"> & Partial<LedgerFile>): Promise<number> {
    const { status, name = "left.json", checkpoint = 1, attempts = 0 } = row;
    const error = row.error ?? (status === "failed" ? "failed before" : null);
    const { rows } = await this.#pool.query<{ id: number }>(
      `INSERT INTO files (name, sha256, size_bytes, status, checkpoint_line, attempts, owner, error, duplicate_of)
       VALUES ($1, $2, $9, $3, $4, $5, $6, $7, $8) RETURNING id::int`,
      [
        name,
        row.sha256,
        status,
        checkpoint,
        attempts,
        row.owner ?? null,
        error,
        row.duplicate_of ?? null,
        row.size ?? 0,
      ],
    );
    return rows[0]?.id ?? 0;
  }

  async nextId(): Promise<number> {
    const { rows } = await this.#pool.query<{ id: number }>(
      "SELECT nextval(pg_get_serial_sequence('files', 'id'))::int AS id",
    );
    return rows[0]?.id ?? 0;
  }

  /** The last id that was given out. */
  async lastId(): Promise<number> {
    const { rows } = await this.#pool.query<{ id: number }>(
      "SELECT last_value::int AS id FROM files_id_seq",
    );
    return rows[0]?.id ?? 0;
  }

  /** What the end of a good package does to its row. */
  async complete(id: number): Promise<void> {
    await this.#pool.query(
      "UPDATE files SET status = 'complete', completed_at = now(), owner = NULL WHERE id = $1 AND status = 'processing'",
      [id],
    );
  }

  async fail(id: number, error: string): Promise<void> {
    await this.#pool.query(
      "UPDATE files SET status = 'failed', error = $2, owner = NULL WHERE id = $1",
      [id, error],
    );
  }

  /** Keeps everybody from changing a row for as long as `during` takes. */
  async hold(id: number, during: () => Promise<void>): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT FROM files WHERE id = $1 FOR UPDATE", [id]);
      await during();
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  }

  /** Advisory locks on a claim, held by whomever. */
  async claimLocks(id: number): Promise<number> {
    const { rows } = await this.#pool.query<{ count: number }>(
      `SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND (classid::bigint << 32) | objid::bigint = hashtextextended('downlink claim ' || $1::text, 0)`,
      [id],
    );
    return rows[0]?.count ?? 0;
  }
}

/** Tables are made by the component, as at every start. */
async function migrate(url: string): Promise<void> {
  const { log } = logLines();
  const database = new Database({
    server: givenServer(url),
    owner: "first",
    log,
    events: new Events(log),
    allowUnsafe: true,
  });
  const component = database.start();
  await database.whenReady(AbortSignal.timeout(10_000));
  component.stop();
  await component.exited;
}
