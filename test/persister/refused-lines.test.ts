// Lines that the server refuses although validation let them through: a constraint was added behind our back. Exactly
// those are rejected as `database`, the others go in.
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { noFaults } from "../../src/observability/fault-points.ts";
import { loadNarrowing } from "../../src/persister/narrowing.ts";
import type { StagedBatch } from "../../src/staging/staging-store.ts";
import { makeCommitter } from "../support/committer-fixture.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  badLine,
  batchOf,
  batchOfLines,
  beginPackage,
  chunksOf,
  goodLine,
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
  running = runDatabase(database.url);
});
afterEach(() =>
  database.run(`ALTER TABLE telemetry DROP CONSTRAINT IF EXISTS ours;
    DROP FUNCTION IF EXISTS refuse CASCADE; DROP TABLE IF EXISTS known;`),
);
afterAll(async () => {
  await running.stop();
  await database.drop();
});

const constrain = (constraint: string) =>
  database.run(`ALTER TABLE telemetry ADD CONSTRAINT ours ${constraint} NOT VALID`);

async function commit(batch: StagedBatch) {
  const row = await beginPackage(database);
  const { committer } = makeCommitter(running);
  const outcome = await committer.commit(ownerOf(row), batch);
  return { fileId: row.id, outcome };
}

const reasons = (fileId: number) =>
  database.rows<{ line: number; reason: string; detail: string; raw: string }>(
    `SELECT line, reason, detail, convert_from(raw, 'UTF8') AS raw FROM rejected_lines
      WHERE file_id = $1 ORDER BY line`,
    [fileId],
  );

test("a refused line is stored with the SQLSTATE, the server's words and its bytes; the others go in", async () => {
  await constrain("CHECK (velocity <> 3)");
  const [one, two] = chunksOf([[...goodLines(5), badLine], goodLines(5)]);
  if (one === undefined || two === undefined) throw new Error("two chunks");
  const { fileId, outcome } = await commit(batchOf([one, two], { last: true }));
  expect(outcome).toMatchObject({ kind: "committed", imported: 8, rejected: 3 });
  expect(await stored(database, fileId)).toEqual({
    status: "complete",
    total: 11,
    imported: 8,
    errors: 3,
    checkpoint: 13,
    lines: [2, 3, 4, 6, 8, 9, 10, 12],
    rejected: [5, 7, 11],
  });
  const detail = expect.stringMatching(/^23514 new row .* violates check constraint "ours"$/);
  const raw = goodLine({ velocity: 3 });
  expect(await reasons(fileId)).toEqual([
    { line: 5, reason: "database", detail, raw },
    { line: 7, reason: "invalid_json", detail: expect.anything(), raw: badLine },
    { line: 11, reason: "database", detail, raw },
  ]);
});

test("whatever lines are refused, exactly those are", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (good) => {
      await database.run("ALTER TABLE telemetry DROP CONSTRAINT IF EXISTS ours");
      await constrain("CHECK (velocity = 0)");
      const lines = good.map((isGood) => goodLine({ velocity: isGood ? 0 : 1 }));
      const batch = batchOf(chunksOf([lines.slice(0, 20), lines.slice(20)]));
      const { fileId } = await commit(batch);
      const { lines: imported, rejected } = await stored(database, fileId);
      expect(imported).toEqual(range(2, lines.length + 1).filter((line) => good[line - 2]));
      expect(rejected).toEqual(range(2, lines.length + 1).filter((line) => !good[line - 2]));
    }),
    { numRuns: 15 },
  ));

test.each([
  ["every line", "CHECK (velocity < 0)", 0],
  ["every other line", "CHECK (velocity::int % 2 = 0)", 1_000],
])(
  "%s of 2000 is refused in bounded time",
  async (_, constraint, imported) => {
    await constrain(constraint);
    const startedAtMs = performance.now();
    const { outcome } = await commit(batchOfLines(goodLines(2_000)));
    expect(outcome).toMatchObject({ kind: "committed", imported, rejected: 2_000 - imported });
    // Seconds on an idle machine; a whole batch sent again for each line would take many minutes.
    expect(performance.now() - startedAtMs).toBeLessThan(60_000);
  },
  90_000,
);

describe("an error that does not say its row is narrowed down by halves", () => {
  test("as a foreign key's, which is checked behind the COPY", async () => {
    await database.run("CREATE TABLE known (velocity double precision PRIMARY KEY)");
    await database.rows("INSERT INTO known SELECT generate_series(0, 99) RETURNING 1");
    await constrain("FOREIGN KEY (velocity) REFERENCES known");
    const lines = [...goodLines(50), goodLine({ velocity: 500 }), ...goodLines(30)];
    const { fileId } = await commit(batchOfLines(lines));
    expect(await stored(database, fileId)).toMatchObject({ imported: 80, rejected: [52] });
    expect(await reasons(fileId)).toMatchObject([{ detail: expect.stringMatching(/^23503 /) }]);
  });

  test("as that of a server whose words are others", async () => {
    // plpgsql puts its own lines around the server's, so that COPY's is no longer the last one.
    await database.run(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT FROM new_rows WHERE velocity IN (7, 8, 33)) THEN
          RAISE 'COPY telemetry, line 1' USING ERRCODE = '23514'; END IF;
        RETURN NULL; END $$;
      CREATE TRIGGER refuse AFTER INSERT ON telemetry REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION refuse()`);
    const { fileId } = await commit(batchOfLines(goodLines(40)));
    expect(await stored(database, fileId)).toMatchObject({ imported: 37, rejected: [9, 10, 35] });
  });
});

test("an error that is no line's fault ends the search, and rejects nothing", async () => {
  await database.run(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE 'planted' USING ERRCODE = CASE WHEN NEW.velocity = 1 THEN '23514' ELSE 'XX000' END;
      END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON telemetry FOR EACH ROW WHEN (NEW.velocity > 0)
      EXECUTE FUNCTION refuse()`);
  const row = await beginPackage(database);
  const { committer } = makeCommitter(running);
  const attempt = committer.commit(ownerOf(row), batchOfLines(goodLines(4)));
  await expect(attempt).rejects.toMatchObject({ code: "XX000" });
  expect(await stored(database, row.id)).toMatchObject({ total: 0, lines: [], rejected: [] });
});

test("a search leaves no savepoint open: the server would keep each one to the end", async () => {
  await constrain("CHECK (velocity < 0)");
  const row = await beginPackage(database);
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await loadNarrowing(noFaults)(client, row.id, batchOfLines(goodLines(3)).slices);
    await expect(client.query("ROLLBACK TO SAVEPOINT piece")).rejects.toMatchObject({
      code: "3B001",
    });
  } finally {
    client.release(true);
  }
});
