// How a package ends that is not simply loaded: its file changed, cannot be read, is refused, or is another owner's.
import { appendFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PersisterOptions } from "../../src/persister/data-persister.ts";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { goodLines, stored } from "../support/package-fixture.ts";
import { makePersister, type PersisterFixture } from "../support/persister-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

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

const soon = () => AbortSignal.timeout(10_000);
const now = () => stored(database, subject.row.id);
const errorOf = async () => {
  const text = "SELECT error FROM files WHERE id = $1";
  return (await database.rows<{ error: string }>(text, [subject.row.id]))[0]?.error;
};
const nothingLeft = { ingest: [], processing: [], failed: [], archive: [] };

describe("a file that changed after it was claimed", () => {
  const touch = () => appendFile(subject.path, "more");

  test("is left to be looked at anew, if nothing of it is in", async () => {
    await begin();
    await subject.read(goodLines(3));
    await touch();
    subject.end();
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({ status: "processing", total: 0, lines: [], checkpoint: 1 });
    expect(await subject.files()).toEqual({ ...nothingLeft, processing: ["package.json"] });
  });

  test("fails the package, if lines are in", async () => {
    await begin({ batchRows: () => 2 });
    await subject.read(goodLines(2));
    await until("the first batch", async () => (await now()).checkpoint > 1);
    await touch();
    await subject.read(goodLines(2));
    subject.end();
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({ status: "failed", lines: [2, 3], checkpoint: 4 });
    expect(await errorOf()).toContain("lines before 4 are loaded");
    expect((await subject.files())["failed"]).toEqual([`${subject.row.id}-package.json`]);
  });

  test("fails the package also if those lines were the first half of the same batch", async () => {
    await database.run(`
      CREATE FUNCTION work() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM new_rows) > 2 THEN RAISE 'too much' USING ERRCODE = '57014';
        END IF; RETURN NULL; END $$;
      CREATE TRIGGER work AFTER INSERT ON telemetry REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION work()`);
    try {
      await begin({ faults: faultsAt({ before_last_commit: touch }) });
      await subject.read(goodLines(4));
      subject.end();
      expect(await subject.persister.exited).toEqual({ kind: "normal" });
      expect(await now()).toMatchObject({ status: "failed", lines: [2, 3], checkpoint: 4 });
    } finally {
      await database.run("DROP FUNCTION work CASCADE");
    }
  });
});

describe("a run that does not load", () => {
  test("fails a package that cannot be read on, and keeps what is in", async () => {
    await begin({ batchRows: () => 2 });
    await subject.read(goodLines(2));
    await until("the first batch", async () => (await now()).checkpoint > 1);
    subject.staging.end({ kind: "unreadable", error: "the file is gone" });
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({ status: "failed", lines: [2, 3] });
    expect(await errorOf()).toBe("the file is gone");
  });

  test("fails a package that is refused, with the reason", async () => {
    subject = await makePersister(database, running);
    subject.open({ kind: "fail", row: subject.row, error: "no header" });
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({ status: "failed", total: 0 });
    expect((await subject.files())["failed"]).toHaveLength(1);
  });

  test("tells of a failed package, and sets its file aside, also when the ledger's answer is lost", async () => {
    const proxy = new DatabaseProxy(database.url);
    await proxy.open();
    const other = runDatabase(proxy.url, "other");
    try {
      subject = await makePersister(database, other);
      const find = () => other.database.use(soon(), ({ ledger }) => ledger.find(subject.row.id));
      await find(); // So that the pool has a connection.
      proxy.holdAnswers();
      subject.open({ kind: "fail", row: subject.row, error: "no header" });
      await until("the failure", async () => (await now()).status === "failed");
      proxy.cut();
      expect(await subject.persister.exited).toEqual({ kind: "normal" });
      expect(other.messages()).toContain("package failed");
      expect((await subject.files())["failed"]).toHaveLength(1);
    } finally {
      await other.stop();
      await proxy.close();
    }
  });

  test("takes the file of a finished package away", async () => {
    subject = await makePersister(database, running);
    await database.run(`UPDATE files SET status = 'complete' WHERE id = ${subject.row.id}`);
    subject.open({ kind: "finished", errors: 0 });
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await subject.files()).toEqual(nothingLeft);
  });

  test("touches nothing of a package that another owner has", async () => {
    await begin();
    await database.ledger.own(subject.row.id, 20);
    await subject.read(goodLines(2));
    subject.end();
    expect(await subject.persister.exited).toEqual({ kind: "normal" });
    expect(await now()).toMatchObject({ status: "processing", total: 0 });
    expect((await subject.files())["processing"]).toEqual(["package.json"]);
  });

  test("ends when it is told to stop, whatever it waits for", async () => {
    await begin();
    subject.persister.stop();
    expect(await subject.persister.exited).toMatchObject({ kind: "shutdown" });
  });

  test("is a crash when something fails that nobody expects, and leaves all as it was", async () => {
    await begin({
      faults: faultsAt({ after_copy: first(() => Promise.reject(new Error("bug"))) }),
    });
    await subject.read(goodLines(2));
    subject.end();
    expect(await subject.persister.exited).toMatchObject({ kind: "crash" });
    expect(await now()).toMatchObject({ status: "processing", total: 0, checkpoint: 1 });
    expect((await subject.files())["processing"]).toEqual(["package.json"]);
  });
});
