// A database of its own for a test file, with the schema, and what tests of the ledger and of the persister ask it.
import type pg from "pg";
import { Ledger } from "../../src/database/ledger.ts";
import { bringUpToDate } from "../../src/database/migrations.ts";
import { connect, createPool } from "../../src/database/pool.ts";
import { createTestDatabase } from "./test-database.ts";

export interface MigratedDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** In the name of the daemon "test". */
  readonly ledger: Ledger;
  /** All rows that a statement gives. */
  rows<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** What happens to the schema behind the daemon's back. */
  run(statements: string): Promise<void>;
  drop(): Promise<void>;
}

export async function createMigratedDatabase(): Promise<MigratedDatabase> {
  const { url, drop } = await createTestDatabase();
  const client = await connect(url, "test");
  await bringUpToDate(client);
  await client.end();
  const pool = createPool(url);
  return {
    url,
    pool,
    ledger: new Ledger(pool, "test"),
    rows: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(text, [...values])).rows,
    run: async (statements) => {
      await pool.query(statements);
    },
    drop: async () => {
      await pool.end();
      await drop();
    },
  };
}
