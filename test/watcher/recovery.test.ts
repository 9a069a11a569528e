// What an earlier life has left: each row of the table of step 11, taken up by the sweep of a fresh intake.
import { appendFile, chmod, mkdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClaimedFile } from "../../src/folders/claimed-file.ts";
import type { Folders } from "../../src/folders/folders.ts";
import { openToAll, unprivileged } from "../folders/unprivileged.ts";
import {
  expectEmpty,
  failedFiles,
  gate,
  IntakeDaemon,
  leave,
  makeFolders,
  namesIn,
  ownerOf,
  sha256,
  soon,
  TestLedger,
} from "./intake-stage.ts";

const ledger = new TestLedger();
const bytes = "a package\n";
const dead = "daemon:0:dead";

/** A row in work with its file, as a daemon that died has left it. */
async function leaveInWork(
  folders: Folders,
  { content = bytes, checkpoint = 1, owner = ownerOf(dead, folders) } = {},
): Promise<number> {
  const row = { status: "processing", sha256: sha256(bytes), owner, checkpoint, attempts: 3 };
  const id = await ledger.enter(row);
  await leave(folders, id, content);
  return id;
}

describe("a file in processing/ without a row", () => {
  test("is a claim that was never entered: it is identified and loaded under its id", async () => {
    const folders = await makeFolders();
    const id = await ledger.nextId();
    await leave(folders, id, bytes);
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ id, name: "left.json", status: "complete", sha256: sha256(bytes) }]);
    expect(daemon.runs).toEqual([id]);
    await expectEmpty(folders);
    expect(await ledger.claimLocks(id)).toBe(0);
  });

  test("is a duplicate if its bytes are complete, and waits if they are in work", async () => {
    const folders = await makeFolders();
    const complete = await ledger.enter({ status: "complete", sha256: sha256(bytes) });
    const id = await ledger.nextId();
    await leave(folders, id, bytes);
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.row(id), soon)
      .toMatchObject({ status: "duplicate", duplicate_of: complete });
    expect(daemon.runs).toEqual([]);
    await expectEmpty(folders);
  });

  test("has to rest for the settle time before its bytes count", async () => {
    const folders = await makeFolders();
    const id = await ledger.nextId();
    const path = await leave(folders, id, "half ");
    const daemon = await IntakeDaemon.make(ledger, { folders, settleMs: 300 });
    const writing = setInterval(() => void appendFile(path, "more "), 20);
    try {
      daemon.start();
      await expect.poll(async () => (await stat(path)).size, soon).toBeGreaterThan(100);
      expect(await ledger.rows()).toEqual([]);
    } finally {
      clearInterval(writing);
    }
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
  });

  test("is left to a living daemon that holds the claim", async () => {
    const folders = await makeFolders();
    const other = await IntakeDaemon.make(ledger, { folders, name: "daemon:2:living" });
    const { session } = await other.database.whenReady(AbortSignal.timeout(10_000));
    const [id = 0] = await session.reserveClaims(1);
    const free = await ledger.nextId();
    await leave(folders, id, bytes);
    await leave(folders, free, "free\n");
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(free), soon).toMatchObject({ status: "complete" });
    expect(await ledger.row(id)).toBeUndefined();
    await other.close();
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
    expect(daemon.runs).toEqual([free, id]);
  });

  test("an empty claim folder is taken away", async () => {
    const folders = await makeFolders();
    await mkdir(join(folders.processing, String(await ledger.nextId())));
    await IntakeDaemon.start(ledger, { folders });
    await expectEmpty(folders);
    expect(await ledger.rows()).toEqual([]);
  });
});

describe("a row in work", () => {
  test("with the same bytes is taken over from a dead owner and run", async () => {
    const folders = await makeFolders();
    const id = await leaveInWork(folders, { checkpoint: 7 });
    const daemon = await IntakeDaemon.start(ledger, {
      folders,
      load: () => new Promise(() => {}),
    });
    await expect.poll(() => daemon.runs, soon).toEqual([id]);
    expect(await ledger.row(id)).toMatchObject({
      status: "processing",
      owner: daemon.owner,
      checkpoint: 7,
      attempts: 3,
    });
  });

  test("of a living owner is left alone, and taken over when that one is gone", async () => {
    const folders = await makeFolders();
    const living = await IntakeDaemon.make(ledger, { folders, name: "daemon:2:living" });
    const id = await leaveInWork(folders, { owner: living.owner });
    const free = await ledger.nextId();
    await leave(folders, free, "free\n");
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(free), soon).toMatchObject({ status: "complete" });
    expect(await ledger.row(id)).toMatchObject({ status: "processing", owner: living.owner });
    await living.close();
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
    expect(daemon.runs).toEqual([free, id]);
  });

  test("whose file is nowhere is failed, and the error says so", async () => {
    const folders = await makeFolders();
    const id = await leaveInWork(folders, { checkpoint: 12 });
    await rm(join(folders.processing, String(id)), { recursive: true });
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.row(id), soon)
      .toMatchObject({
        status: "failed",
        owner: null,
        error: expect.stringMatching(/file is gone.* before line 12 /),
      });
    expect(daemon.logged.said("package failed")).toMatchObject([{ level: 50, fileId: id }]);
    expect(daemon.runs).toEqual([]);
  });

  test("whose file was put back into the inbox waits, and is run at its checkpoint", async () => {
    const folders = await makeFolders();
    const id = await leaveInWork(folders, { checkpoint: 12 });
    await rename(
      join(folders.processing, String(id), "left.json"),
      join(folders.ingest, "left.json"),
    );
    const gone = await ledger.enter({
      status: "processing",
      sha256: sha256("gone"),
      name: "gone",
      owner: ownerOf(dead, folders),
    });
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(gone), soon).toMatchObject({ status: "failed" });
    expect(await ledger.row(id)).toMatchObject({ status: "processing" });
    expect(await daemon.offer("left.json")).toBe("taken");
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ id, status: "complete", checkpoint: 12 }, { id: gone }]);
    await expectEmpty(folders);
  });

  test("of other folders is left alone, whatever became of its owner", async () => {
    const [folders, elsewhere] = [await makeFolders(), await makeFolders()];
    const id = await leaveInWork(folders, { owner: ownerOf(dead, elsewhere) });
    await rm(join(folders.processing, String(id)), { recursive: true });
    const gone = await leaveInWork(folders, { owner: ownerOf(dead, folders) }).catch(() => 0);
    expect(gone).toBe(0); // One row for each content: the second needs other bytes.
    const ours = await ledger.enter({
      status: "processing",
      sha256: sha256("ours"),
      owner: ownerOf(dead, folders),
    });
    await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(ours), soon).toMatchObject({ status: "failed" });
    expect(await ledger.row(id)).toMatchObject({ status: "processing", error: null });
  });

  test("whose file grew is identified anew if nothing was committed", async () => {
    const folders = await makeFolders();
    const whole = `${bytes}and more\n`;
    const id = await leaveInWork(folders, { content: whole });
    await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ id, status: "complete", sha256: sha256(whole), size: whole.length }]);
    await expectEmpty(folders);
  });

  test("whose file grew to the bytes of a complete one gives way to a duplicate", async () => {
    const folders = await makeFolders();
    const whole = `${bytes}and more\n`;
    const complete = await ledger.enter({ status: "complete", sha256: sha256(whole) });
    const id = await leaveInWork(folders, { content: whole });
    await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(id), soon).toBeUndefined();
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([
        { id: complete, status: "complete" },
        { status: "duplicate", duplicate_of: complete },
      ]);
    await expectEmpty(folders);
  });

  test("whose file changed after something was committed is failed, and its bytes are kept", async () => {
    const folders = await makeFolders();
    const id = await leaveInWork(folders, { content: "other bytes", checkpoint: 5 });
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.row(id), soon)
      .toMatchObject({
        status: "failed",
        checkpoint: 5,
        error: expect.stringContaining("changed after its first 4 lines"),
      });
    await expectEmpty(folders);
    expect(await failedFiles(folders)).toEqual({ [`${id}-left.json`]: "other bytes" });
    expect(daemon.runs).toEqual([]);
  });
});

describe("a finished row whose file is still there", () => {
  test.each(["complete", "duplicate"])("%s, same bytes: the file is removed", async (status) => {
    const folders = await makeFolders();
    const original = await ledger.enter({ status: "complete", sha256: sha256("original") });
    const duplicate_of = status === "duplicate" ? original : null;
    const id = await ledger.enter({ status, sha256: sha256(bytes), duplicate_of });
    await leave(folders, id, bytes);
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await expectEmpty(folders);
    expect(await ledger.row(id)).toMatchObject({ status });
    expect(await failedFiles(folders)).toEqual({});
    expect(daemon.runs).toEqual([]);
  });

  test("complete, other bytes: these were never read, so they are a new package", async () => {
    const folders = await makeFolders();
    const id = await ledger.enter({ status: "complete", sha256: sha256(bytes) });
    await leave(folders, id, "other bytes");
    await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([
        { id, status: "complete", sha256: sha256(bytes) },
        { status: "complete", sha256: sha256("other bytes") },
      ]);
    await expectEmpty(folders);
  });

  test("failed: the file is put aside for a person", async () => {
    const folders = await makeFolders();
    const id = await ledger.enter({ status: "failed", sha256: sha256(bytes) });
    await leave(folders, id, bytes);
    await IntakeDaemon.start(ledger, { folders });
    await expectEmpty(folders);
    expect(await failedFiles(folders)).toEqual({ [`${id}-left.json`]: bytes });
    expect(await ledger.row(id)).toMatchObject({ status: "failed", error: "failed before" });
  });
});

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
    expect(await namesIn(folders.processing)).toHaveLength(600);
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
