// Rows in work that an earlier life has left, with their file or without: step 11 of the protocol.

import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Folders } from "../../src/folders/folders.ts";
import { IntakeDaemon, ownerOf } from "./intake-daemon.ts";
import { expectEmpty, failedFiles, leave, makeFolders, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

const dead = "daemon:0:dead";

/** A row in work with its file, as a daemon that died has left it. */
async function leaveInWork(
  folders: Folders,
  { content = bytes, checkpoint = 1, owner = ownerOf(dead, folders) } = {},
): Promise<number> {
  const row = { status: "processing", sha256: sha256(bytes), owner, checkpoint, attempts: 3 };
  const id = await ledger.enter({ ...row, size: bytes.length });
  await leave(folders, id, content);
  return id;
}

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

  test("of a living owner is left alone without its file too: the owner knows why", async () => {
    const folders = await makeFolders();
    const living = await IntakeDaemon.make(ledger, { folders, name: "daemon:2:living" });
    const theirs = { status: "processing", sha256: sha256("theirs"), owner: living.owner };
    const id = await ledger.enter(theirs);
    const gone = { status: "processing", sha256: sha256("gone"), owner: ownerOf(dead, folders) };
    const ours = await ledger.enter(gone); // Looked at after the other.
    await IntakeDaemon.start(ledger, { folders });
    await expect.poll(() => ledger.row(ours), soon).toMatchObject({ status: "failed" });
    expect(await ledger.row(id)).toMatchObject({ status: "processing", owner: living.owner });
    await living.close();
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "failed" });
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

  test("whose bytes lie in a claim that is not yet identified waits for it", async () => {
    const folders = await makeFolders();
    const id = await leaveInWork(folders, { checkpoint: 12 });
    await rm(join(folders.processing, String(id)), { recursive: true });
    await leave(folders, await ledger.nextId(), bytes); // Killed between the row and the move to its claim.
    const daemon = await IntakeDaemon.start(ledger, { folders, settleMs: 300 });
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ id, status: "complete", checkpoint: 12 }]);
    expect(daemon.logged.said("package failed")).toEqual([]);
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
