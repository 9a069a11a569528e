// The limits of archive/: what is taken away, in which order, and what never is.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { trimArchive } from "../../src/persister/archive.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { testPool } from "../support/test-pool.ts";

let own: TestDatabase;
let running: RunningDatabase;
let pool: pg.Pool;
let folder: TemporaryFolder;

beforeAll(async () => {
  own = await createTestDatabase();
  running = runDatabase(own.url);
  await running.database.whenReady(AbortSignal.timeout(10_000));
  pool = testPool(own.url);
});

afterAll(async () => {
  await pool.end();
  await running.stop();
  await own.drop();
});

beforeEach(async () => {
  await pool.query("TRUNCATE files");
  folder = await makeTemporaryFolder();
  await mkdir(join(folder.path, "archive"));
  return () => folder.remove();
});

/** An archived file of 100 bytes and its row, completed so many hours ago. */
async function archived(id: number, hoursAgo: number, status = "complete"): Promise<void> {
  await writeFile(join(folder.path, "archive", `${id}-name`), Buffer.alloc(100));
  await pool.query(
    `INSERT INTO files (id, name, size_bytes, status, completed_at) OVERRIDING SYSTEM VALUE
     VALUES ($1, 'name', 100, $2, CASE WHEN $2 = 'complete' THEN now() - make_interval(hours => $3) END)`,
    [id, status, hoursAgo],
  );
}

async function trim(archiveMaxBytes: number, archiveMaxAgeHours: number): Promise<string[]> {
  const { database, log } = running;
  const { path } = folder;
  const archive = join(path, "archive");
  const folders = { archive, ingest: path, processing: path, failed: path, id: "test" };
  const options = { database, log, folders, archiveMaxBytes, archiveMaxAgeHours };
  await trimArchive(options, AbortSignal.timeout(10_000));
  return (await readdir(archive)).sort();
}

test("without limits all is kept", async () => {
  await archived(1, 10_000);
  expect(await trim(0, 0)).toEqual(["1-name"]);
});

test("beyond the limit of bytes the packages completed first go first", async () => {
  for (const [id, hours] of [
    [1, 5],
    [2, 50],
    [3, 20],
  ] as const)
    await archived(id, hours);
  expect(await trim(200, 0)).toEqual(["1-name", "3-name"]);
  expect(await trim(100, 0)).toEqual(["1-name"]);
});

test("beyond the limit of age a package goes, by the database's clock", async () => {
  for (const [id, hours] of [
    [1, 5],
    [2, 50],
    [3, 20],
  ] as const)
    await archived(id, hours);
  expect(await trim(0, 10)).toEqual(["1-name"]);
});

test("what is not complete, or has no row, is never taken away", async () => {
  await archived(1, 100, "failed");
  await archived(2, 100, "processing");
  await writeFile(join(folder.path, "archive", "99-unknown"), Buffer.alloc(1_000));
  await writeFile(join(folder.path, "archive", "notes of a person"), "");
  await writeFile(join(folder.path, "archive", "3-notes"), ""); // Under the number of a package.
  await archived(3, 1);
  await archived(4, 1);
  await writeFile(join(folder.path, "archive", "4-name"), "not what was archived");
  expect(await trim(1, 0)).toEqual([
    "1-name",
    "2-name",
    "3-notes",
    "4-name",
    "99-unknown",
    "notes of a person",
  ]);
});

test("two daemons may trim it at the same time", async () => {
  for (let id = 1; id <= 50; id++) await archived(id, id);
  await Promise.all([trim(100, 0), trim(100, 0), trim(100, 0)]);
  expect(await trim(100, 0)).toEqual(["1-name"]);
});

test("no archive yet is no error", async () => {
  await expect(
    trimArchive(
      {
        database: running.database,
        log: running.log,
        folders: {
          archive: join(folder.path, "none"),
          ingest: "",
          processing: "",
          failed: "",
          id: "",
        },
        archiveMaxBytes: 1,
        archiveMaxAgeHours: 1,
      },
      AbortSignal.timeout(10_000),
    ),
  ).resolves.toBe(0);
});
