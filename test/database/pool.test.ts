// What every connection brings with it, whatever the role or the server has set.
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, createPool, createReadPool } from "../../src/database/pool.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** As the server's operating system has them. */
const keepalives = `SELECT current_setting('tcp_keepalives_idle') AS idle,
                           current_setting('tcp_keepalives_interval') AS interval,
                           current_setting('tcp_keepalives_count') AS count`;
const halfAMinute = [{ idle: "10", interval: "5", count: "4" }];

test.each([
  ["writes", createPool],
  ["reads", createReadPool],
])(
  "a host that died is noticed by the server within half a minute: one that %s",
  async (_, create) => {
    const pool = create(database.url);
    try {
      expect((await pool.query(keepalives)).rows).toEqual(halfAMinute);
    } finally {
      await pool.end();
    }
  },
);

test("a host that died is noticed by the server within half a minute: one that holds a session", async () => {
  const client = await connect(database.url, "test");
  try {
    expect((await client.query(keepalives)).rows).toEqual(halfAMinute);
  } finally {
    await client.end();
  }
});
