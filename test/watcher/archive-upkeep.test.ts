// An archive/ that cannot be kept within its limits for a while.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ArchiveUpkeep } from "../../src/watcher/archive-upkeep.ts";
import { IntakeDaemon } from "./intake-daemon.ts";
import { leave, makeFolders, soon } from "./intake-folders.ts";
import { TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const told = "archive/ cannot be kept within its limits, trying again";

test("an archive/ that cannot be read is told once, and again after it could be read", async () => {
  const folders = await makeFolders();
  const { archive } = folders;
  const daemon = await IntakeDaemon.make(ledger, { folders, archiveMaxBytes: 1 });
  const upkeep = new ArchiveUpkeep(daemon.context(), 0);
  const lookTwice = async (): Promise<void> => {
    for (const _ of [1, 2]) await upkeep.trimAtTimes();
  };
  await writeFile(archive, "no folder");
  await lookTwice();
  expect(daemon.logged.said(told)).toMatchObject([{ level: 40, err: { code: "ENOTDIR" } }]);
  await rm(archive);
  await mkdir(archive);
  await lookTwice();
  expect(daemon.logged.said(told)).toHaveLength(1);
  await rm(archive, { recursive: true });
  await writeFile(archive, "no folder");
  await lookTwice();
  expect(daemon.logged.said(told)).toHaveLength(2);
});

test("nothing is said of processing/ then, which is swept as ever", async () => {
  const folders = await makeFolders();
  await writeFile(folders.archive, "no folder");
  const daemon = await IntakeDaemon.start(ledger, { folders, archiveMaxBytes: 1 });
  await expect.poll(() => daemon.logged.said(told), soon).toHaveLength(1);
  const id = await ledger.nextId();
  await leave(folders, id, "a package\n");
  await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
  expect(daemon.logged.said("processing/ cannot be read, trying again")).toEqual([]);
});
