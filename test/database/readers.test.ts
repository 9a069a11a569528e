// D21: those who only read have connections of their own, however many they are and however long they take.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseAccess } from "../../src/database/database.ts";
import { isOutage } from "../../src/database/faults.ts";
import { createReadPool } from "../../src/database/pool.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { beginPackage } from "../support/package-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
let running: RunningDatabase;
let access: DatabaseAccess;
beforeAll(async () => {
  database = await createMigratedDatabase();
  running = runDatabase(database.url);
  access = await running.database.whenReady(AbortSignal.timeout(10_000));
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});

test("two hundred questions that take long hold up no package", async () => {
  const { pool, readers, ledger } = access;
  for (let at = 0; at < 200; at++) readers.query("SELECT pg_sleep(60)").catch(() => {}); // Cut at the end.
  await until("readers that all wait", () => readers.waitingCount > 100);
  const row = await beginPackage(database);
  expect(await ledger.find(row.id)).toMatchObject({ status: "processing" });
  expect(await Promise.all([1, 2, 3, 4].map(() => pool.query("SELECT 1")))).toHaveLength(4);
});

test("a question may neither write nor last for ever", async () => {
  const other = runDatabase(database.url, "another");
  try {
    const { readers } = await other.database.whenReady(AbortSignal.timeout(10_000));
    await expect(readers.query("DELETE FROM files")).rejects.toMatchObject({ code: "25006" });
    const { rows } = await readers.query<{ statement_timeout: string }>("SHOW statement_timeout");
    expect(rows[0]?.statement_timeout).toMatch(/^[1-9]\d*m?s$/);
  } finally {
    await other.stop();
  }
});

test("a question that a server at a standstill does not answer fails as an outage, and its connection is given up", async () => {
  const proxy = new DatabaseProxy(database.url);
  await proxy.open();
  const readers = createReadPool(proxy.url);
  try {
    await readers.query("SELECT 1");
    proxy.holdAnswers();
    const error = await readers.query("SELECT 1").catch((thrown: unknown) => thrown);
    expect(isOutage(error)).toBe(true);
    expect(readers.totalCount).toBe(0);
  } finally {
    await readers.end();
    await proxy.close();
  }
}, 9_000);
