// A server that goes away amid a batch, or lets nobody in: the batch goes in later, once, and costs the package nothing.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { makeCommitter } from "../support/committer-fixture.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  badLine,
  batchOfLines,
  beginPackage,
  goodLines,
  ownerOf,
  range,
  stored,
} from "../support/package-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
let running: RunningDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
  running = runDatabase(database.url);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});

const lines = [badLine, ...goodLines(5)];
const allIn = {
  total: 6,
  imported: 5,
  errors: 1,
  checkpoint: 8,
  lines: range(3, 7),
  rejected: [2],
};

test("a backend that is ended amid its COPY: the batch goes in on another one", async () => {
  const row = await beginPackage(database);
  const end = () =>
    database.rows(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
      [`downlink file ${row.id} epoch ${row.ownerEpoch}`],
    );
  let copies = 0;
  const faults = faultsAt({ mid_copy: first(end, 3), after_copy: () => copies++ });
  const { committer } = makeCommitter(running, faults);
  const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
  expect(outcome).toMatchObject({ kind: "committed", owner: { epoch: row.ownerEpoch } });
  expect(copies).toBe(1);
  expect(await stored(database, row.id)).toMatchObject(allIn);
});

test("a database that is read-only is waited for", async () => {
  const name = new URL(database.url).pathname.slice(1);
  const row = await beginPackage(database);
  await database.run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const other = runDatabase(database.url, "reader"); // Its connections are new, and so read-only.
  let attempts = 0;
  const writable = () =>
    ++attempts === 3
      ? database.run(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
      : undefined;
  try {
    const { committer } = makeCommitter(other, faultsAt({ before_begin: writable }));
    const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
    expect(outcome).toMatchObject({ kind: "committed" });
    expect(attempts).toBeGreaterThan(3);
    expect(await stored(database, row.id)).toMatchObject(allIn);
  } finally {
    await database.run(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await other.stop();
  }
});

test("a server that takes no new connections, for whatever reason, is waited for", async () => {
  const row = await beginPackage(database);
  const other = runDatabase(database.url, "locked out");
  await other.database.whenReady(AbortSignal.timeout(5_000));
  const inside = await database.pool.connect();
  const allow = (isAllowed: boolean) =>
    inside.query("UPDATE pg_database SET datallowconn = $1 WHERE datname = current_database()", [
      isAllowed,
    ]);
  await allow(false); // 55000 for who comes now.
  try {
    const { committer } = makeCommitter(other);
    const outcome = committer.commit(ownerOf(row), batchOfLines(lines));
    await until("the first failure", () => other.messages().length === 2);
    await allow(true);
    expect(await outcome).toMatchObject({ kind: "committed" });
    expect(await stored(database, row.id)).toMatchObject(allIn);
  } finally {
    await allow(true);
    inside.release();
    await other.stop();
  }
});

describe("who is told to stop", () => {
  test("while the database is away, waits no longer", async () => {
    const row = await beginPackage(database);
    const away = runDatabase("postgres://127.0.0.1:1/nowhere");
    try {
      const { committer, stopping } = makeCommitter(away);
      const outcome = committer.commit(ownerOf(row), batchOfLines(lines));
      await until("the database away", () => away.database.state.kind === "away");
      stopping.abort(new Error("stop"));
      await expect(outcome).rejects.toThrow();
    } finally {
      await away.stop();
    }
  });

  test("amid a transaction, finishes it", async () => {
    const row = await beginPackage(database);
    const faults = faultsAt({ mid_copy: () => stopping.abort() });
    const { committer, stopping } = makeCommitter(running, faults);
    const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
    expect(outcome).toMatchObject({ kind: "committed" });
    expect(await stored(database, row.id)).toMatchObject(allIn);
  });

  test("and is killed while it waits for a connection, writes nothing when it gets one", async () => {
    const row = await beginPackage(database);
    const { pool } = await running.database.whenReady(AbortSignal.timeout(5_000));
    const { max } = pool.options;
    const all = await Promise.all(Array.from({ length: max }, () => pool.connect()));
    const { committer, stopping, killed } = makeCommitter(running);
    const outcome = committer.commit(ownerOf(row), batchOfLines(lines));
    outcome.catch(() => {}); // Looked at below.
    await until("the wait", () => pool.waitingCount === 1);
    stopping.abort();
    killed.abort();
    for (const client of all) client.release();
    await expect(outcome).rejects.toThrow();
    expect(await stored(database, row.id)).toMatchObject({ total: 0, lines: [], checkpoint: 1 });
  });

  test("and is killed amid a transaction, leaves nothing of it, nor a connection", async () => {
    const row = await beginPackage(database);
    const faults = faultsAt({
      mid_copy: () => {
        stopping.abort();
        killed.abort();
      },
    });
    const { committer, stopping, killed } = makeCommitter(running, faults);
    await expect(committer.commit(ownerOf(row), batchOfLines(lines))).rejects.toThrow();
    await until("the end of its backend", async () => {
      const name = `downlink file ${row.id} epoch ${row.ownerEpoch}`;
      const text =
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";
      return (await database.rows(text, [name])).length === 0;
    });
    expect(await stored(database, row.id)).toMatchObject({ total: 0, lines: [], checkpoint: 1 });
  });
});
