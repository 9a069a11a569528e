// D13: a disk of the server that is full, for real: a tablespace on a small file system.
import { execFileSync } from "node:child_process";
import { chown, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRoot } from "../folders/unprivileged.ts";
import { makeCommitter } from "../support/committer-fixture.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  batchOfLines,
  beginPackage,
  goodLines,
  ownerOf,
  stored,
} from "../support/package-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
let running: RunningDatabase;
let folder: TemporaryFolder;
let owner: { uid: number; gid: number } | undefined;
const space = `small_${process.pid}`;

beforeAll(async () => {
  database = await createMigratedDatabase();
  running = runDatabase(database.url);
  folder = await makeTemporaryFolder("downlink-disk-");
  const [server] = await database.rows<{ data_directory: string }>("SHOW data_directory");
  owner = await stat(server?.data_directory ?? "").catch(() => undefined);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
  await folder.remove();
});

/** Four megabytes for the table `telemetry`, all but a few of them taken by another table. */
async function fillDisk(path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  await chown(path, uid, gid);
  await database.run(`CREATE TABLESPACE ${space} LOCATION '${path}'`);
  await database.run(`ALTER TABLE telemetry SET TABLESPACE ${space}`);
  await database.run(`CREATE TABLE filler (text text) TABLESPACE ${space}`);
  const fill = "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 200)";
  for (let isFull = false; !isFull; ) {
    await database.run(fill).catch(({ code }) => {
      if (code !== "53100") throw new Error(`not full, but ${code}`);
      isFull = true;
    });
  }
}

test.runIf(isRoot)(
  "53100: a batch waits until there is room, and goes in once",
  async (context) => {
    if (owner === undefined) return context.skip("the server is on another machine");
    const path = join(folder.path, "disk");
    await mkdir(path);
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=4m", "none", path]);
    try {
      await fillDisk(path, owner);
      const row = await beginPackage(database);
      const { committer } = makeCommitter(running);
      const outcome = committer.commit(ownerOf(row), batchOfLines(goodLines(20_000)));
      const said = "batch not committed, trying again";
      await until("the full disk", () => running.messages().includes(said));
      expect(running.text()).toContain("53100");
      expect(await stored(database, row.id)).toMatchObject({ imported: 0, lines: [] });
      await database.run("DROP TABLE filler");
      expect(await outcome).toMatchObject({ kind: "committed", imported: 20_000 });
      expect(await stored(database, row.id)).toMatchObject({ imported: 20_000, errors: 0 });
    } finally {
      await database.run(
        "DROP TABLE IF EXISTS filler; ALTER TABLE telemetry SET TABLESPACE pg_default",
      );
      await database.run("CHECKPOINT"); // Only then the files of dropped tables are gone.
      await database.run(`DROP TABLESPACE IF EXISTS ${space}`);
      execFileSync("/bin/umount", ["--lazy", path]); // A connection may still have one of them open.
    }
  },
);
