// The one transaction of a batch: what is in the database after it, and what fences it off. Whatever becomes of it,
// rows, rejected lines, counters and checkpoint stand or fall together.
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CopyCountError } from "../../src/errors.ts";
import { noFaults } from "../../src/observability/fault-points.ts";
import {
  loadWhole,
  runTransaction,
  type TransactionOutcome,
  type TransactionTools,
} from "../../src/persister/batch-transaction.ts";
import type { StagedBatch } from "../../src/staging/staging-store.ts";
import { faultsAt } from "../support/chosen-faults.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  badLine,
  batchOf,
  batchOfLines,
  beginPackage,
  behind,
  chunksOf,
  goodLine,
  goodLines,
  ownerOf,
  range,
  stored,
} from "../support/package-fixture.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const untouched = { total: 0, imported: 0, errors: 0, checkpoint: 1, lines: [], rejected: [] };

/** Runs the batch on a connection of its own, which is gone afterwards, as after an attempt that failed. */
async function attempt(
  owner: Parameters<typeof runTransaction>[1],
  batch: StagedBatch,
  change: (client: pg.PoolClient) => Partial<TransactionTools> = () => ({}),
): Promise<TransactionOutcome> {
  const client = await database.pool.connect();
  try {
    return await runTransaction(client, owner, batch, {
      faults: noFaults,
      load: loadWhole(noFaults),
      isFileUnchanged: () => Promise.resolve(true),
      maxRejectsStored: 1_000,
      lockMs: 2_000,
      ...change(client),
    });
  } finally {
    client.release(true);
  }
}

describe("a batch that is committed", () => {
  test("is in the table with its counts, its checkpoint and its range of times", async () => {
    const row = await beginPackage(database);
    const times = [
      "2024-02-29T12:00:00.000001Z",
      "0001-01-01T00:00:00+15:59",
      "9999-12-31T23:59:59Z",
    ];
    const lines = [...times.map((timestamp) => goodLine({ timestamp })), badLine, "", goodLine()];
    const batch = batchOfLines(lines);
    expect(await attempt(ownerOf(row), batch)).toEqual({
      kind: "committed",
      imported: 4,
      rejected: 1,
    });
    expect(await stored(database, row.id)).toEqual({
      status: "processing",
      total: 5,
      imported: 4,
      errors: 1,
      checkpoint: 8,
      lines: [2, 3, 4, 7],
      rejected: [5],
    });
    const [range] = await database.rows(
      `SELECT first_timestamp = (SELECT min(timestamp) FROM telemetry WHERE file_id = $1) AS first,
              last_timestamp = (SELECT max(timestamp) FROM telemetry WHERE file_id = $1) AS last,
              checkpoint_offset::int AS offset, attempts, owner, completed_at FROM files WHERE id = $1`,
      [row.id],
    );
    const { offset } = batch.next;
    expect(range).toEqual({
      first: true,
      last: true,
      offset,
      attempts: 0,
      owner: "test",
      completed_at: null,
    });
  });

  test("goes on where the one before ended, and the last one completes the package", async () => {
    const row = await beginPackage(database);
    const [first, second] = chunksOf([goodLines(3), [badLine, ...goodLines(2)]]).map((chunk) =>
      batchOf([chunk]),
    );
    if (first === undefined || second === undefined) throw new Error("two chunks, two batches");
    await attempt(ownerOf(row), first);
    const owner = { ...ownerOf(row), checkpoint: first.next };
    await attempt(owner, { ...second, last: true });
    expect(await stored(database, row.id)).toEqual({
      status: "complete",
      total: 6,
      imported: 5,
      errors: 1,
      checkpoint: 8,
      lines: [2, 3, 4, 6, 7],
      rejected: [5],
    });
    const [end] = await database.rows(
      "SELECT owner, completed_at IS NOT NULL AS dated FROM files WHERE id = $1",
      [row.id],
    );
    expect(end).toEqual({ owner: null, dated: true });
  });

  test("of rejected lines alone, or of no line at all, moves the checkpoint and no range", async () => {
    const row = await beginPackage(database);
    const rejected = batchOfLines([badLine, badLine]);
    expect(await attempt(ownerOf(row), rejected)).toMatchObject({ imported: 0, rejected: 2 });
    const blank = batchOfLines(["", " "], true, rejected.next);
    const owner = { ...ownerOf(row), checkpoint: rejected.next };
    expect(await attempt(owner, blank)).toMatchObject({ imported: 0, rejected: 0 });
    expect(await stored(database, row.id)).toMatchObject({ status: "complete", checkpoint: 6 });
    const [times] = await database.rows(
      "SELECT first_timestamp AS first, last_timestamp AS last FROM files WHERE id = $1",
      [row.id],
    );
    expect(times).toEqual({ first: null, last: null });
  });
});

describe("a batch that is fenced off leaves nothing", () => {
  test("when another run has raised the epoch", async () => {
    const row = await beginPackage(database);
    await database.ledger.own(row.id, 20);
    expect(await attempt(ownerOf(row), batchOfLines(goodLines(3)))).toEqual({ kind: "fenced" });
    expect(await stored(database, row.id)).toMatchObject(untouched);
  });

  test("when the checkpoint is not where the batch begins: the same batch never goes in twice", async () => {
    const row = await beginPackage(database);
    const batch = batchOfLines([""]); // Without lines: no primary key catches it.
    expect(await attempt(ownerOf(row), batch)).toMatchObject({ kind: "committed" });
    expect(await attempt(ownerOf(row), batch)).toEqual({ kind: "fenced" });
    expect(await stored(database, row.id)).toMatchObject({ ...untouched, checkpoint: 3 });
  });

  test("when the package is not in work any more", async () => {
    const row = await beginPackage(database);
    await database.ledger.fail(row.id, row.ownerEpoch, "given up");
    expect(await attempt(ownerOf(row), batchOfLines(goodLines(3)))).toEqual({ kind: "fenced" });
    expect(await stored(database, row.id)).toMatchObject({ ...untouched, status: "failed" });
  });
});

describe("a batch is not committed", () => {
  test("when the server has taken another number of rows than were sent", async () => {
    const row = await beginPackage(database);
    await database.run(`CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN IF NEW.velocity = 1 THEN RETURN NULL; END IF; RETURN NEW; END';
      CREATE TRIGGER skip BEFORE INSERT ON telemetry FOR EACH ROW EXECUTE FUNCTION skip()`);
    try {
      const attempted = attempt(ownerOf(row), batchOfLines(goodLines(3)));
      await expect(attempted).rejects.toThrow(CopyCountError);
    } finally {
      await database.run("DROP TRIGGER skip ON telemetry; DROP FUNCTION skip");
    }
    expect(await stored(database, row.id)).toMatchObject(untouched);
  });

  test("when its file has changed, which only the last one asks", async () => {
    const row = await beginPackage(database);
    const isFileUnchanged = () => Promise.resolve(false);
    const [one, two] = chunksOf([goodLines(2), goodLines(2)]);
    if (one === undefined || two === undefined) throw new Error("two chunks");
    const first = await attempt(ownerOf(row), batchOf([one]), () => ({ isFileUnchanged }));
    expect(first).toMatchObject({ kind: "committed" });
    const owner = { ...ownerOf(row), checkpoint: behind(one) };
    const last = await attempt(owner, batchOf([two], { last: true }), () => ({ isFileUnchanged }));
    expect(last).toEqual({ kind: "file_changed" });
    expect(await stored(database, row.id)).toMatchObject({
      status: "processing",
      lines: range(2, 3),
      checkpoint: 4,
    });
  });

  test("when COMMIT answers ROLLBACK, although that is no error", async () => {
    const row = await beginPackage(database);
    const outcome = await attempt(ownerOf(row), batchOfLines(goodLines(3), true), (client) => ({
      faults: faultsAt({ before_commit: () => client.query("SELECT 1 / 0").catch(() => {}) }),
    }));
    expect(outcome).toMatchObject({ kind: "unknown", error: { code: "E_NOT_COMMITTED" } });
    expect(await stored(database, row.id)).toMatchObject({ ...untouched, status: "processing" });
  });

  test.each(["mid_copy", "after_copy", "before_checkpoint", "before_commit"] as const)(
    "when the process fails at %s",
    async (point) => {
      const row = await beginPackage(database);
      const fail = () => Promise.reject(new Error("fault"));
      const faults = faultsAt({ [point]: fail });
      const outcome = await attempt(ownerOf(row), batchOfLines([badLine, ...goodLines(3)]), () => ({
        faults,
        load: loadWhole(faults),
      }));
      expect(outcome).toMatchObject({ kind: "fault", fault: { kind: "bug" } });
      expect(await stored(database, row.id)).toMatchObject(untouched);
    },
  );
});
