// The persister of one package, from its first batch to the end of its file.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PersisterOptions } from "../../src/persister/data-persister.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { badLine, goodLine, goodLines, range, stored } from "../support/package-fixture.ts";
import { makePersister, type PersisterFixture } from "../support/persister-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";

let database: MigratedDatabase;
let running: RunningDatabase;
let subject: PersisterFixture;
beforeAll(async () => {
  database = await createMigratedDatabase();
  running = runDatabase(database.url);
});
afterEach(() => subject.remove());
afterAll(async () => {
  await running.stop();
  await database.drop();
});

async function begin(options: Partial<PersisterOptions> = {}): Promise<void> {
  subject = await makePersister(database, running, options);
  subject.open();
}

const now = () => stored(database, subject.row.id);
const nothingLeft = { ingest: [], processing: [], failed: [], archive: [] };

describe("a package that is loaded", () => {
  test("is complete, and its file is deleted, after its last batch", async () => {
    await begin({ batchRows: () => 4 });
    await subject.read([...goodLines(3), badLine]);
    await subject.read(goodLines(6));
    subject.end();
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toEqual({
      status: "complete",
      total: 10,
      imported: 9,
      errors: 1,
      checkpoint: 12,
      lines: [2, 3, 4, ...range(6, 11)],
      rejected: [5],
    });
    expect(await subject.files()).toEqual(nothingLeft);
    expect(running.messages()).toContain("package complete");
  });

  test("gives each batch's memory back", async () => {
    await begin({ batchRows: () => 4 });
    await subject.read(goodLines(10));
    subject.end();
    await subject.persister.exited;
    expect(subject.staging.stagedBytes).toBe(0);
  });

  test("of a header alone is complete with nothing in it", async () => {
    await begin();
    subject.end();
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({ status: "complete", total: 0, checkpoint: 2 });
  });

  test("has its values checked, whatever the parser let through", async () => {
    await begin();
    await subject.read([goodLine({ latitude: 90 }), goodLine({ latitude: 90.000_001 })]);
    subject.end();
    await subject.persister.exited;
    expect(await now()).toMatchObject({ lines: [2], rejected: [3] });
  });

  test.each([
    ["if the user wants that", { onComplete: "archive" }, [goodLine()]],
    ["if not every rejected line is stored", { maxRejectsStored: 1 }, [badLine, badLine]],
    ["if a rejected line is not stored whole", {}, [goodLine({ more: "x".repeat(10_000) })]],
  ] as const)("keeps its file in archive/ %s", async (_, options, lines) => {
    await begin(options);
    await subject.read(lines);
    subject.end();
    await subject.persister.exited;
    expect((await now()).status).toBe("complete");
    const archive = [`${subject.row.id}-package.json`];
    expect(await subject.files()).toEqual({ ...nothingLeft, archive });
  });
});

test.for([
  "statement_timeout",
  "transaction_timeout", // Of PostgreSQL 17 and newer.
])(
  "a server for which batches are too much gets smaller ones, until all rows are in: %s",
  async (limit, { skip }) => {
    const known = await database.rows("SELECT FROM pg_settings WHERE name = $1", [limit]);
    skip(known.length === 0, "the server has no such limit");
    const name = new URL(database.url).pathname.slice(1);
    await database.run(`
    ALTER DATABASE ${name} SET ${limit} = '300ms';
    CREATE FUNCTION work() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_sleep(0.01 * (SELECT count(*) FROM new_rows)); RETURN NULL; END';
    CREATE TRIGGER work AFTER INSERT ON telemetry REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION work()`);
    const slow = runDatabase(database.url, "slow"); // Its connections have the limit.
    try {
      subject = await makePersister(database, slow);
      subject.open();
      await subject.read([...goodLines(50), badLine, ...goodLines(20)]);
      subject.end();
      expect(await subject.persister.exited).toEqual({ kind: "normal" });
      expect(await now()).toMatchObject({
        status: "complete",
        lines: [...range(2, 51), ...range(53, 72)],
        rejected: [52],
      });
      expect(slow.messages()).toContain("the server is slow, smaller batches");
    } finally {
      await slow.stop();
      await database.run(`ALTER DATABASE ${name} RESET ${limit}; DROP FUNCTION work CASCADE`);
    }
  },
);
