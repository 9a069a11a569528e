// A batch whose keys an older run of the same package still holds, in a transaction that does not end: a daemon that is
// paused, or a connection that is lost without the server knowing. Its backend is ended, nobody else's.

import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { noFaults } from "../../src/observability/fault-points.ts";
import { loadWhole, runTransaction } from "../../src/persister/batch-transaction.ts";
import type { StagedBatch } from "../../src/staging/staging-store.ts";
import { faultsAt } from "../support/chosen-faults.ts";
import { makeCommitter } from "../support/committer-fixture.ts";
import { noRest } from "../support/free-throttle.ts";
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
let other: MigratedDatabase;
let running: RunningDatabase;
let batch: StagedBatch;
beforeAll(async () => {
  [database, other] = await Promise.all([createMigratedDatabase(), createMigratedDatabase()]);
  running = runDatabase(database.url);
});
beforeEach(() => {
  batch = batchOfLines(goodLines(5));
});
afterAll(async () => {
  await running.stop();
  await Promise.all([database.drop(), other.drop()]);
});

/** A run that stands still behind its COPY, until `goOn`. */
async function pausedRun(on: MigratedDatabase, owner: Parameters<typeof runTransaction>[1]) {
  let goOn = (): void => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let reached = false;
  const faults = faultsAt({
    after_copy: () => {
      reached = true;
      return gate;
    },
  });
  const client = await on.pool.connect();
  const options = {
    faults,
    load: loadWhole(noFaults, noRest),
    isNext: Promise.resolve(true),
    maxRejectsStored: 10,
    lockMs: 2_000,
  };
  const isFileUnchanged = () => Promise.resolve(true);
  const outcome = runTransaction(client, owner, batch, { ...options, isFileUnchanged });
  void outcome.finally(() => client.release(true));
  await until("the pause", () => reached);
  return { outcome, goOn };
}

test("the backend of an older run is ended, and the batch goes in once", async () => {
  const row = await beginPackage(database);
  const older = await pausedRun(database, ownerOf(row));
  const successor = await database.ledger.own(row.id, 20);
  if (successor === undefined) throw new Error("not ours");
  const { committer } = makeCommitter(running);
  const outcome = await committer.commit(ownerOf(successor), batch);
  expect(outcome).toMatchObject({ kind: "committed", imported: 5 });
  older.goOn();
  expect(await older.outcome).toMatchObject({ kind: "fault", fault: { kind: "away" } });
  expect(await stored(database, row.id)).toMatchObject({ imported: 5, lines: range(2, 6) });
});

test("backends of other packages, and of other databases of the server, live on", async () => {
  const row = await beginPackage(database);
  const tenth = { ...ownerOf(row), fileId: row.id * 10 }; // Its name begins with the same digits.
  const elsewhere = await pausedRun(other, ownerOf(row));
  const neighbour = await pausedRun(database, tenth);
  const older = await pausedRun(database, ownerOf(row));
  const { committer } = makeCommitter(running);
  expect(await committer.commit(ownerOf(row), batch)).toMatchObject({ kind: "committed" });
  for (const { goOn } of [elsewhere, neighbour, older]) goOn();
  expect(await elsewhere.outcome).toEqual({ kind: "fenced" }); // The other database knows no such package.
  expect(await neighbour.outcome).toEqual({ kind: "fenced" });
  expect(await older.outcome).toMatchObject({ kind: "fault", fault: { kind: "away" } });
});

test("keys that somebody else holds are waited for", async () => {
  const row = await beginPackage(database);
  const client: pg.PoolClient = await database.pool.connect();
  await client.query("BEGIN; LOCK TABLE telemetry IN SHARE MODE");
  const { committer } = makeCommitter(running);
  const outcome = committer.commit(ownerOf(row), batch);
  await until("the first failure", () =>
    running.messages().includes("batch not committed, trying again"),
  );
  await client.query("COMMIT");
  client.release();
  expect(await outcome).toMatchObject({ kind: "committed", imported: 5 });
});

test.each([
  ["good lines", goodLines(3)],
  ["bad lines alone", [badLine, badLine]],
])("an older run whose batch of %s a successor has brought in lets go", async (_, lines) => {
  const row = await beginPackage(database);
  const successor = await database.ledger.own(row.id, 20);
  if (successor === undefined) throw new Error("not ours");
  const { committer } = makeCommitter(running);
  const again = () => batchOfLines(lines);
  expect(await committer.commit(ownerOf(successor), again())).toMatchObject({ kind: "committed" });
  expect(await committer.commit(ownerOf(row), again())).toEqual({ kind: "let_go" });
  expect(await stored(database, row.id)).toMatchObject({ total: lines.length });
});
