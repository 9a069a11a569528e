// A sweep that meets what it cannot read, and an intake that takes over from its predecessor.

import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClaimedFile } from "../../src/folders/claimed-file.ts";
import { openToAll, unprivileged } from "../folders/unprivileged.ts";
import { IntakeDaemon, ownerOf } from "./intake-daemon.ts";
import { expectEmpty, gate, leave, makeFolders, namesIn, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

const dead = "daemon:0:dead";

describe("trouble with what was left", () => {
  test("a claim that cannot be read for a while holds up no other, and is taken then", async () => {
    const folders = await makeFolders();
    await openToAll(folders);
    const id = await ledger.nextId();
    const path = await leave(folders, id, bytes);
    await chmod(path, 0o000);
    const free = await ledger.nextId();
    await leave(folders, free, "free\n");
    for (const left of [id, free]) await chmod(join(folders.processing, String(left)), 0o777);
    const daemon = await IntakeDaemon.make(ledger, { folders });
    await unprivileged(async () => {
      daemon.start();
      await expect.poll(() => ledger.row(free), soon).toMatchObject({ status: "complete" });
    });
    const told = "a claimed package cannot be read or moved, trying again later";
    expect(daemon.logged.said(told)).toMatchObject([{ fileId: id }]);
    await chmod(path, 0o644);
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
    expect(daemon.logged.said(told)).toHaveLength(1);
  });

  test("processing/ that is taken away for a while is told once, and is no end", async () => {
    const folders = await makeFolders();
    const daemon = await IntakeDaemon.make(ledger, { folders });
    await rename(folders.processing, `${folders.processing}.away`);
    daemon.start();
    const told = "processing/ cannot be read, trying again";
    await expect.poll(() => daemon.logged.said(told), soon).toHaveLength(1);
    const id = await ledger.nextId();
    await rename(`${folders.processing}.away`, folders.processing);
    await leave(folders, id, bytes);
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
  });

  test("a lost file with a name that no folder could hold is failed like any other", async () => {
    const folders = await makeFolders();
    const name = "%FF".repeat(255); // As a name of 255 bytes that are no UTF-8 is shown.
    const owner = ownerOf(dead, folders);
    const id = await ledger.enter({ status: "processing", sha256: sha256(bytes), owner, name });
    await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "failed" });
  });

  test("more claims of a living daemon than fit on a page hide none of a dead one", async () => {
    const folders = await makeFolders();
    const living = await IntakeDaemon.make(ledger, { folders, name: "daemon:2:living" });
    const { session } = await living.database.whenReady(AbortSignal.timeout(10_000));
    const theirs = await session.reserveClaims(600);
    await Promise.all(theirs.map((id) => mkdir(join(folders.processing, String(id)))));
    const id = await ledger.nextId();
    await leave(folders, id, bytes);
    await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
    await expect.poll(() => namesIn(folders.processing), soon).toHaveLength(600);
  });

  test("what is no file, and names that are no claim, are left where they are", async () => {
    const folders = await makeFolders();
    const id = await ledger.nextId();
    await mkdir(join(folders.processing, String(id)));
    await symlink("/etc/hostname", join(folders.processing, String(id), "link"));
    await mkdir(join(folders.processing, "007"));
    await writeFile(join(folders.processing, "readme"), "");
    const free = await ledger.nextId();
    await leave(folders, free, "free\n");
    await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(free), soon).toMatchObject({ status: "complete" });
    await expect
      .poll(() => namesIn(folders.processing), soon)
      .toEqual(["007", String(id), "readme"].sort());
  });
});

describe("an intake that is started again", () => {
  test("adopts the packages that ran on without it, and starts none of them twice", async () => {
    const folders = await makeFolders();
    const held = gate();
    const load = async ({ fileId }: ClaimedFile): Promise<void> => {
      await held.opened;
      await ledger.complete(fileId);
      await rm(join(folders.processing, String(fileId)), { recursive: true });
    };
    const daemon = await IntakeDaemon.start(ledger, { folders, load, maxPackages: 2 });
    await daemon.drop("one", "one");
    await daemon.drop("two", "two");
    await expect.poll(() => daemon.runs, soon).toHaveLength(2);
    await daemon.stopIntake();
    daemon.start();
    await daemon.drop("three", "three");
    await expect.poll(() => ledger.statuses(), soon).toEqual({ processing: 3 });
    expect(daemon.runs).toHaveLength(2); // Those that ran on keep their places.
    held.open();
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 3 });
    expect(daemon.runs).toHaveLength(3);
    await expectEmpty(folders);
  });
});
