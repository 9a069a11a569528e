// What every connection brings with it, whatever the role or the server has set.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isOutage } from "../../src/database/faults.ts";
import { connect, createPool, createReadPool } from "../../src/database/pool.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
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

test("a statement that gets no answer fails as in an outage, and the next one has another connection", async () => {
  const proxy = new DatabaseProxy(database.url);
  await proxy.open();
  const pool = createPool(proxy.url, 1_000);
  try {
    await pool.query("SELECT 1");
    proxy.holdAnswers();
    const error = await pool.query("SELECT 1").catch((reason: unknown) => reason);
    expect(isOutage(error)).toBe(true);
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(pool.totalCount).toBe(1);
  } finally {
    await pool.end();
    await proxy.close();
  }
});

/** AuthenticationOk and ReadyForQuery. */
const letIn = Buffer.from("R\0\0\0\u{8}\0\0\0\0Z\0\0\0\u{5}I");

test("a server that lets us in and says nothing more is given up, as one that cannot be reached", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write(letIn));
  });
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const url = `postgres://127.0.0.1:${typeof address === "object" ? address?.port : ""}/any`;
  const pool = createPool(url);
  try {
    const asked = [connect(url, "test"), pool.query("SELECT 1")];
    const errors = await Promise.all(asked.map((one) => one.catch((error: unknown) => error)));
    expect(errors.map(isOutage)).toEqual([true, true]);
  } finally {
    await pool.end();
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
