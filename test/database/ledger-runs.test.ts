// The ledger's statements of a run, fenced by its epoch, and those by which a package of ours ends without one.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { errorCode } from "../../src/database/faults.ts";
import { Ledger, type LedgerRow } from "../../src/database/ledger.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { beginPackage } from "../support/package-fixture.ts";

let database: MigratedDatabase;
let ledger: Ledger;
let theirs: Ledger;
/** A package of ours in its first run. */
let row: LedgerRow;
beforeAll(async () => {
  database = await createMigratedDatabase();
  ({ ledger } = database);
  theirs = new Ledger(database.pool, "them");
});
beforeEach(async () => {
  row = await beginPackage(database);
});
afterAll(() => database.drop());

const set = (changes: string) => database.run(`UPDATE files SET ${changes} WHERE id = ${row.id}`);
const partlyLoaded = "checkpoint_line = 5, total_lines = 3, imported_lines = 3";

async function detailsOf(): Promise<Record<string, unknown> | undefined> {
  const text = "SELECT error, header, satellite_type FROM files WHERE id = $1";
  return (await database.rows(text, [row.id]))[0];
}

describe("raiseEpoch", () => {
  test("fences the run off and says where the package stands, complete ones too", async () => {
    await set(`${partlyLoaded}, status = 'complete', owner = NULL`);
    const raised = await theirs.raiseEpoch(row.id, row.ownerEpoch);
    expect(raised).toMatchObject({
      ownerEpoch: row.ownerEpoch + 1,
      checkpointLine: 5,
      attempts: 1,
    });
  });

  test("says nothing of a package that another run has", async () => {
    await ledger.own(row.id, 20);
    expect(await ledger.raiseEpoch(row.id, row.ownerEpoch)).toBeUndefined();
  });

  test.each([
    ["in work", partlyLoaded],
    ["complete", "status = 'complete', owner = NULL"],
  ])(
    "sent again says the same, and raises it no further, of a package that is %s",
    async (_, changes) => {
      await set(changes);
      const raised = await ledger.raiseEpoch(row.id, row.ownerEpoch);
      expect(await ledger.raiseEpoch(row.id, row.ownerEpoch, true)).toEqual(raised);
      expect(await ledger.find(row.id)).toEqual(raised);
    },
  );

  test("sent again says nothing of a package that a later run has, or another daemon", async () => {
    await ledger.raiseEpoch(row.id, row.ownerEpoch);
    await ledger.own(row.id, 20);
    expect(await ledger.raiseEpoch(row.id, row.ownerEpoch, true)).toBeUndefined();
    await set(`owner = 'them', owner_epoch = ${row.ownerEpoch + 1}`);
    expect(await ledger.raiseEpoch(row.id, row.ownerEpoch, true)).toBeUndefined();
  });
});

describe("recordHeader", () => {
  test("stores type and header as JSON reads it", async () => {
    const header = '{"satellite_type":"jackal_mk1","a":1,"a":[null,"\u{1f6f0}"]}';
    expect(await ledger.recordHeader(row.id, row.ownerEpoch, "jackal_mk1", header)).toBe(true);
    expect(await detailsOf()).toEqual({
      error: null,
      satellite_type: "jackal_mk1",
      header: JSON.parse(header),
    });
  });

  test("is not for a run that was replaced, nor for what is not in work", async () => {
    await ledger.own(row.id, 20);
    expect(await ledger.recordHeader(row.id, row.ownerEpoch, "x", "{}")).toBe(false);
    await set("status = 'failed'");
    expect(await ledger.recordHeader(row.id, row.ownerEpoch + 1, "x", "{}")).toBe(false);
    expect(await detailsOf()).toMatchObject({ satellite_type: null });
  });

  test.each([
    ['{"a":"\\u0000"}', "22P05"],
    ['{"a":"\\ud800"}', "22P02"],
    ['{"a":1e200000}', "22003"],
  ])("of %s, which jsonb cannot store, is an error with its code", async (header, code) => {
    const attempt = ledger.recordHeader(row.id, row.ownerEpoch, "jackal_mk1", header);
    expect(errorCode(await attempt.catch((error: unknown) => error))).toBe(code);
  });
});

describe("fail", () => {
  test("gives the package up with a reason, and keeps what is in", async () => {
    await set(partlyLoaded);
    expect(await ledger.fail(row.id, row.ownerEpoch, "tried 20 times")).toBe(true);
    const failed = { status: "failed", owner: null, importedLines: 3, checkpointLine: 5 };
    expect(await ledger.find(row.id)).toMatchObject(failed);
    expect(await detailsOf()).toMatchObject({ error: "tried 20 times" });
  });

  test("sent again says that it is done, but not what another run or another reason did", async () => {
    await ledger.fail(row.id, row.ownerEpoch, "tried 20 times");
    expect(await ledger.fail(row.id, row.ownerEpoch, "tried 20 times")).toBe(true);
    expect(await ledger.fail(row.id, row.ownerEpoch, "late")).toBe(false);
    expect(await ledger.fail(row.id, row.ownerEpoch - 1, "tried 20 times")).toBe(false);
  });

  test("is not for a run that was replaced, nor for what is complete", async () => {
    expect(await ledger.fail(row.id, row.ownerEpoch - 1, "late")).toBe(false);
    await set("status = 'complete'");
    expect(await ledger.fail(row.id, row.ownerEpoch, "late")).toBe(false);
    expect(await detailsOf()).toMatchObject({ error: null });
  });
});

describe("failOwned", () => {
  test("gives up a package of ours and fences off a run that still writes", async () => {
    expect(await ledger.failOwned(row, "the file is gone")).toBe(true);
    const failed = { status: "failed", owner: null, ownerEpoch: row.ownerEpoch + 1 };
    expect(await ledger.find(row.id)).toMatchObject(failed);
  });

  test("sent again says that it is done, but not what another reason did", async () => {
    await ledger.failOwned(row, "the file is gone");
    expect(await ledger.failOwned(row, "the file is gone")).toBe(true);
    expect(await ledger.failOwned(row, "it changed")).toBe(false);
    expect(await ledger.find(row.id)).toMatchObject({ ownerEpoch: row.ownerEpoch + 1 });
  });

  test("is not for a package of another one", async () => {
    expect(await theirs.failOwned(row, "the file is gone")).toBe(false);
    expect(await ledger.find(row.id)).toMatchObject({ status: "processing", owner: "test" });
  });
});

describe("identifyAnew", () => {
  const sha256 = () => randomBytes(32).toString("hex");

  test("enters the bytes that are there now, and forgets what was known of the others", async () => {
    await ledger.recordHeader(row.id, row.ownerEpoch, "jackal_mk1", "{}");
    const bytes = sha256();
    expect(await ledger.identifyAnew(row.id, bytes, 99)).toBe(true);
    expect(await ledger.find(row.id)).toMatchObject({
      sha256: bytes,
      sizeBytes: 99,
      satelliteType: null,
      attempts: 0,
      ownerEpoch: row.ownerEpoch + 1,
    });
    expect(await detailsOf()).toMatchObject({ header: null });
  });

  test("is not for a package of which lines are in, nor for another one's", async () => {
    expect(await theirs.identifyAnew(row.id, sha256(), 99)).toBe(false);
    await set(partlyLoaded);
    expect(await ledger.identifyAnew(row.id, sha256(), 99)).toBe(false);
    expect((await ledger.find(row.id))?.sha256).toBe(row.sha256);
  });

  test("of bytes that another package has is an error with its code", async () => {
    const other = await beginPackage(database);
    const attempt = ledger.identifyAnew(row.id, other.sha256 ?? "", 99);
    expect(errorCode(await attempt.catch((error: unknown) => error))).toBe("23505");
  });
});

describe("forget", () => {
  test("removes a package of ours of which nothing is in", async () => {
    await theirs.forget(row.id);
    expect(await ledger.find(row.id)).toBeDefined();
    await ledger.forget(row.id);
    expect(await ledger.find(row.id)).toBeUndefined();
  });

  test.each([partlyLoaded, "status = 'complete'", "status = 'failed'"])(
    "leaves one alone where %s",
    async (changes) => {
      await set(changes);
      await ledger.forget(row.id);
      expect(await ledger.find(row.id)).toBeDefined();
    },
  );
});

describe("hasAllRejectsWhole", () => {
  const reject = (line: number, reason: string) =>
    database.run(
      `INSERT INTO rejected_lines (file_id, line, byte_offset, reason, raw)
         VALUES (${row.id}, ${line}, 0, '${reason}', '')`,
    );

  test("is so for a package without any, and for one of which all are stored", async () => {
    expect(await ledger.hasAllRejectsWhole(row.id)).toBe(true);
    await reject(2, "invalid_json");
    await set("errors = 1, total_lines = 1");
    expect(await ledger.hasAllRejectsWhole(row.id)).toBe(true);
  });

  test("is not so where one is counted only, or cut, or the package is unknown", async () => {
    await reject(2, "invalid_json");
    await set("errors = 2, total_lines = 2");
    expect(await ledger.hasAllRejectsWhole(row.id)).toBe(false);
    await reject(3, "line_too_long");
    expect(await ledger.hasAllRejectsWhole(row.id)).toBe(false);
    expect(await ledger.hasAllRejectsWhole(row.id + 1_000)).toBe(false);
  });
});
