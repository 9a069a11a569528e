// What each error of the server means for a batch, on the real committer: a trigger raises it amid the COPY, as often
// as the test says. Outages that can be had for real: outages.test.ts.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
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

let database: MigratedDatabase;
let running: RunningDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
  await database.run("CREATE SEQUENCE raised");
  running = runDatabase(database.url);
});
afterEach(() => database.run("DROP FUNCTION IF EXISTS raise_error CASCADE"));
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
const nothingIn = { total: 0, imported: 0, errors: 0, checkpoint: 1, lines: [], rejected: [] };

/** From now on `table` answers with the error, `times` times: a sequence counts, which no rollback turns back. */
const raising = (sqlState: string, times: number, table = "telemetry") =>
  database.run(`
    SELECT setval('raised', 1, false);
    CREATE FUNCTION raise_error() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('raised') <= ${times} THEN RAISE 'planted' USING ERRCODE = '${sqlState}'; END IF;
      RETURN NEW; END $$;
    CREATE TRIGGER raise_error BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION raise_error()`);

describe("an error that passes costs the package nothing", () => {
  test.each([
    ["40001", "serialization"],
    ["40P01", "deadlock"],
    ["55P03", "lock timeout"],
    ["53100", "disk full"],
    ["53200", "out of memory"],
    ["53300", "too many connections"],
    ["57P01", "shutdown"],
    ["58030", "i/o error"],
    ["25006", "read-only"],
    ["08006", "connection failure"],
  ])("%s, %s: the batch goes in later, once", async (sqlState) => {
    const row = await beginPackage(database);
    await raising(sqlState, 2);
    const { committer } = makeCommitter(running);
    const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
    expect(outcome).toMatchObject({ kind: "committed", imported: 5, rejected: 1 });
    expect(await stored(database, row.id)).toMatchObject(allIn);
    expect(running.database.state.kind).toBe("ready");
  });

  test("is told once, however often it comes", async () => {
    const row = await beginPackage(database);
    await raising("40001", 3);
    const before = running.messages().length;
    const { committer } = makeCommitter(running);
    await committer.commit(ownerOf(row), batchOfLines(lines));
    expect(running.messages().slice(before)).toEqual(["batch not committed, trying again"]);
  });
});

describe("an error that is our bug, or a changed schema, is a crash: no line is rejected for it", () => {
  test.each([
    ["22P03", "wrong binary format"],
    ["22P04", "a COPY stream that is cut"],
    ["08P01", "a field of the wrong width"],
    ["42P01", "no such table"],
    ["42501", "no right"],
    ["XX000", "an error inside the server"],
    ["P0001", "an error of somebody's trigger"],
  ])("%s, %s", async (sqlState) => {
    const row = await beginPackage(database);
    await raising(sqlState, 1_000);
    const { committer } = makeCommitter(running);
    const attempt = committer.commit(ownerOf(row), batchOfLines(lines));
    await expect(attempt).rejects.toMatchObject({ code: sqlState });
    expect(await stored(database, row.id)).toMatchObject(nothingIn);
  });

  test("a table that was renamed", async () => {
    const row = await beginPackage(database);
    await database.run("ALTER TABLE telemetry RENAME TO elsewhere");
    try {
      const { committer } = makeCommitter(running);
      const attempt = committer.commit(ownerOf(row), batchOfLines(lines));
      await expect(attempt).rejects.toMatchObject({ code: "42P01" });
    } finally {
      await database.run("ALTER TABLE elsewhere RENAME TO telemetry");
    }
    expect(await stored(database, row.id)).toMatchObject(nothingIn);
  });

  test("a row that is there already, where the checkpoint says it is not: nothing passes silently", async () => {
    const row = await beginPackage(database);
    await database.rows(
      "INSERT INTO telemetry VALUES ($1, 4, now(), 1, 2, 3, 4, '{}') RETURNING file_id",
      [row.id],
    );
    const { committer } = makeCommitter(running);
    const attempt = committer.commit(ownerOf(row), batchOfLines(lines));
    await expect(attempt).rejects.toMatchObject({ code: "23505" });
    expect(await stored(database, row.id)).toMatchObject({ ...nothingIn, lines: [4] });
  });

  test.each(["23514", "22003"])("%s on the ledger is no line's fault", async (sqlState) => {
    const row = await beginPackage(database);
    await raising(sqlState, 1_000, "files");
    const { committer } = makeCommitter(running);
    const attempt = committer.commit(ownerOf(row), batchOfLines(lines));
    await expect(attempt).rejects.toMatchObject({ code: sqlState });
    expect(await stored(database, row.id)).toMatchObject(nothingIn);
  });

  test("books that do not balance", async () => {
    const row = await beginPackage(database);
    await database.run(
      `CREATE FUNCTION raise_error() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN NEW.errors := NEW.errors + 1; RETURN NEW; END';
       CREATE TRIGGER raise_error BEFORE UPDATE ON files FOR EACH ROW EXECUTE FUNCTION raise_error()`,
    );
    const { committer } = makeCommitter(running);
    const attempt = committer.commit(ownerOf(row), batchOfLines(lines));
    await expect(attempt).rejects.toMatchObject({ code: "23514", table: "files" });
  });
});

test("a checkpoint that nobody has moved, and that is not where the run left it, is a crash", async () => {
  const row = await beginPackage(database);
  const { committer } = makeCommitter(running);
  const owner = { ...ownerOf(row), checkpoint: { line: 3, offset: 64 } };
  const attempt = committer.commit(owner, batchOfLines(lines));
  await expect(attempt).rejects.toMatchObject({ code: "E_CHECKPOINT" });
  expect(await stored(database, row.id)).toMatchObject(nothingIn);
});

test("a package that another run has taken is let go", async () => {
  const row = await beginPackage(database);
  await database.ledger.own(row.id, 20);
  const { committer } = makeCommitter(running);
  const outcome = await committer.commit(ownerOf(row), batchOfLines(lines));
  expect(outcome).toEqual({ kind: "let_go" });
  expect(await stored(database, row.id)).toMatchObject(nothingIn);
});

test("a server that finds the batch too much is to get less, down to one line that is tried again", async () => {
  const row = await beginPackage(database);
  await raising("57014", 2);
  const { committer } = makeCommitter(running);
  const tooSlow = await committer.commit(ownerOf(row), batchOfLines(lines));
  expect(tooSlow).toEqual({ kind: "too_slow", owner: ownerOf(row) });
  const one = await committer.commit(ownerOf(row), batchOfLines(goodLines(1)));
  expect(one).toMatchObject({ kind: "committed", imported: 1 });
});
