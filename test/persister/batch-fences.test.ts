// The one transaction of a batch, when something is in its way: it leaves nothing.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CopyCountError } from "../../src/errors.ts";
import { loadWhole } from "../../src/persister/batch-transaction.ts";
import { faultsAt } from "../support/chosen-faults.ts";
import { noRest } from "../support/free-throttle.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  badLine,
  batchOf,
  batchOfLines,
  beginPackage,
  behind,
  chunksOf,
  goodLines,
  ownerOf,
  range,
  stored,
} from "../support/package-fixture.ts";
import { attempt } from "../support/transaction-attempt.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const untouched = { total: 0, imported: 0, errors: 0, checkpoint: 1, lines: [], rejected: [] };

describe("a batch that is fenced off leaves nothing", () => {
  test("when another run has raised the epoch", async () => {
    const row = await beginPackage(database);
    await database.ledger.own(row.id, 20);
    expect(await attempt(database, ownerOf(row), batchOfLines(goodLines(3)))).toEqual({
      kind: "fenced",
    });
    expect(await stored(database, row.id)).toMatchObject(untouched);
  });

  test("when the checkpoint is not where the batch begins: the same batch never goes in twice", async () => {
    const row = await beginPackage(database);
    const batch = batchOfLines([""]); // Without lines: no primary key catches it.
    expect(await attempt(database, ownerOf(row), batch)).toMatchObject({ kind: "committed" });
    expect(await attempt(database, ownerOf(row), batch)).toEqual({ kind: "fenced" });
    expect(await stored(database, row.id)).toMatchObject({ ...untouched, checkpoint: 3 });
  });

  test.each([
    ["is not in", () => Promise.resolve(false)],
    ["does not come in for a long time", () => new Promise<boolean>(() => {})],
  ])("when the batch before it %s", async (_, isNext) => {
    const row = await beginPackage(database);
    const place = () => ({ isNext: isNext(), placeMs: 20 });
    expect(await attempt(database, ownerOf(row), batchOfLines(goodLines(3)), place)).toEqual({
      kind: "not_next",
    });
    expect(await stored(database, row.id)).toMatchObject(untouched);
  });

  test("when the package is not in work any more", async () => {
    const row = await beginPackage(database);
    await database.ledger.fail(row.id, row.ownerEpoch, "given up");
    expect(await attempt(database, ownerOf(row), batchOfLines(goodLines(3)))).toEqual({
      kind: "fenced",
    });
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
      const attempted = attempt(database, ownerOf(row), batchOfLines(goodLines(3)));
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
    const first = await attempt(database, ownerOf(row), batchOf([one]), () => ({
      isFileUnchanged,
    }));
    expect(first).toMatchObject({ kind: "committed" });
    const owner = { ...ownerOf(row), checkpoint: behind(one) };
    const last = await attempt(database, owner, batchOf([two], { last: true }), () => ({
      isFileUnchanged,
    }));
    expect(last).toEqual({ kind: "file_changed" });
    expect(await stored(database, row.id)).toMatchObject({
      status: "processing",
      lines: range(2, 3),
      checkpoint: 4,
    });
  });

  test("when COMMIT answers ROLLBACK, although that is no error", async () => {
    const row = await beginPackage(database);
    const outcome = await attempt(
      database,
      ownerOf(row),
      batchOfLines(goodLines(3), true),
      (client) => ({
        faults: faultsAt({ before_commit: () => client.query("SELECT 1 / 0").catch(() => {}) }),
      }),
    );
    expect(outcome).toMatchObject({ kind: "unknown", error: { code: "E_NOT_COMMITTED" } });
    expect(await stored(database, row.id)).toMatchObject({ ...untouched, status: "processing" });
  });

  test.each(["mid_copy", "after_copy", "before_checkpoint", "before_commit"] as const)(
    "when the process fails at %s",
    async (point) => {
      const row = await beginPackage(database);
      const fail = () => Promise.reject(new Error("fault"));
      const faults = faultsAt({ [point]: fail });
      const outcome = await attempt(
        database,
        ownerOf(row),
        batchOfLines([badLine, ...goodLines(3)]),
        () => ({
          faults,
          load: loadWhole(faults, noRest),
        }),
      );
      expect(outcome).toMatchObject({ kind: "fault", fault: { kind: "bug" } });
      expect(await stored(database, row.id)).toMatchObject(untouched);
    },
  );
});
