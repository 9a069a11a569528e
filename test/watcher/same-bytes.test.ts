// Rule R8: what becomes of bytes that are known already, in every state that their first package can be in.

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ClaimedFile, claimFolder } from "../../src/folders/claimed-file.ts";
import { setAside } from "../../src/persister/package-end.ts";
import { IntakeDaemon, ownerOf } from "./intake-daemon.ts";
import {
  expectEmpty,
  failedFiles,
  gate,
  leave,
  makeFolders,
  namesIn,
  soon,
} from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

describe("the same bytes once more (R8)", () => {
  test("as a complete one, under any name: a duplicate, and the file is deleted", async () => {
    const folders = await makeFolders();
    const original = await ledger.enter({ status: "complete", sha256: sha256(bytes) });
    const daemon = await IntakeDaemon.start(ledger, { folders });
    for (const name of ["left.json", "other.json"]) {
      expect(await daemon.drop(name, bytes)).toBe("taken");
    }
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([
        { id: original },
        { status: "duplicate", duplicate_of: original },
        { status: "duplicate", duplicate_of: original },
      ]);
    await expectEmpty(folders);
    expect(daemon.runs).toEqual([]);
  });

  test("the same name with other bytes is a new package", async () => {
    const folders = await makeFolders();
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await daemon.drop("x.json", bytes);
    await daemon.drop("x.json", "other");
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 2 });
  });

  test("as one in work: waits for its end, then is a duplicate", async () => {
    const folders = await makeFolders();
    const held = gate();
    const daemon = await IntakeDaemon.start(ledger, {
      folders,
      load: async ({ fileId }) => {
        await held.opened;
        await ledger.complete(fileId);
        await rm(claimFolder(folders, fileId), { recursive: true });
      },
    });
    await daemon.drop("first", bytes);
    await expect.poll(() => daemon.runs, soon).toHaveLength(1);
    await daemon.drop("second", bytes);
    await daemon.drop("after it", "other");
    await expect.poll(() => daemon.runs, soon).toHaveLength(2); // The lanes are not held up.
    expect(await ledger.statuses()).toEqual({ processing: 2 });
    held.open();
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 2, duplicate: 1 });
    await expectEmpty(folders);
  });

  test("as one in work that then fails: its row is taken up again", async () => {
    const folders = await makeFolders();
    const held = gate();
    const load = async (file: ClaimedFile): Promise<void> => {
      if (file.name.text === "second") return ledger.complete(file.fileId);
      await held.opened;
      await ledger.fail(file.fileId, "no good");
    };
    const daemon = await IntakeDaemon.start(ledger, { folders, load });
    await daemon.drop("first", bytes);
    await expect.poll(() => daemon.runs, soon).toHaveLength(1);
    await daemon.drop("second", bytes);
    held.open();
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ status: "complete", name: "second", error: null }]);
    expect(new Set(daemon.runs).size).toBe(1);
    await expectEmpty(folders);
  });

  test("as a failed one: the same row at its checkpoint, attempts 0, the kept copy removed", async () => {
    const folders = await makeFolders();
    const failed = { status: "failed", sha256: sha256(bytes), checkpoint: 40, attempts: 20 };
    const id = await ledger.enter(failed);
    const kept = { [`${id}-left.json`]: bytes, [`${id}-other`]: "not these", [`${id}1-x`]: bytes };
    for (const [name, content] of Object.entries(kept)) {
      await writeFile(join(folders.failed, name), content);
    }
    const held = gate();
    const daemon = await IntakeDaemon.start(ledger, { folders, load: () => held.opened });
    await daemon.drop("again.json", bytes);
    await expect.poll(() => daemon.runs, soon).toEqual([id]);
    expect(await ledger.rows()).toMatchObject([
      { id, name: "again.json", status: "processing", checkpoint: 40, attempts: 0, error: null },
    ]);
    expect(await namesIn(join(folders.processing, String(id)))).toEqual(["again.json"]);
    expect(await failedFiles(folders)).toEqual({
      [`${id}-other`]: "not these",
      [`${id}1-x`]: bytes,
    });
  });

  test("as a failed one: the kept copy is removed before the row is taken up, so that a crash leaves no two", async () => {
    const folders = await makeFolders();
    const id = await ledger.enter({ status: "failed", sha256: sha256(bytes) });
    await writeFile(join(folders.failed, `${id}-left.json`), bytes);
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await ledger.hold(id, async () => {
      await daemon.drop("again.json", bytes);
      await expect.poll(() => failedFiles(folders), soon).toEqual({});
      expect(await ledger.row(id)).toMatchObject({ status: "failed" });
    });
    await expect.poll(() => ledger.row(id), soon).toMatchObject({ status: "complete" });
  });

  test("as one in work whose owner is dead and whose file is gone: its row goes on", async () => {
    const folders = await makeFolders();
    const owner = ownerOf("daemon:0:dead", folders);
    const row = { status: "processing", sha256: sha256(bytes), owner, checkpoint: 9, name: "x" };
    const id = await ledger.enter(row);
    await writeFile(join(folders.ingest, "x"), "not yet offered"); // Else the sweep fails the row.
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await daemon.drop("again.json", bytes);
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ id, status: "complete", checkpoint: 9 }]);
    expect(daemon.runs).toEqual([id]);
  });

  test("as one in work at a living daemon on other folders: waits for its end there", async () => {
    const [folders, elsewhere] = [await makeFolders(), await makeFolders()];
    const name = "daemon:2:living";
    const living = await IntakeDaemon.make(ledger, { folders: elsewhere, name });
    const row = { status: "processing", sha256: sha256(bytes), owner: living.owner };
    const id = await ledger.enter(row);
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await daemon.drop("x", bytes);
    await daemon.drop("after it", "other");
    await expect.poll(() => ledger.statuses(), soon).toEqual({ processing: 1, complete: 1 });
    expect(await ledger.row(id)).toMatchObject({ status: "processing", owner: living.owner });
    await ledger.complete(id);
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 2, duplicate: 1 });
    await expectEmpty(folders);
  });

  test("as a failed one whose file was not yet set aside: it is kept once", async () => {
    const folders = await makeFolders();
    const id = await ledger.enter({ status: "failed", sha256: sha256(bytes), name: "x" });
    await leave(folders, id, bytes, "x"); // Its daemon was killed between the row and the move.
    const daemon = await IntakeDaemon.make(ledger, { folders, settleMs: 300, load: failsAgain });
    daemon.start();
    await daemon.drop("again", bytes);
    await expect.poll(() => daemon.runs, soon).toEqual([id]);
    await expect.poll(() => namesIn(folders.processing), soon).toEqual([]);
    expect(await failedFiles(folders)).toEqual({ [`${id}-again`]: bytes });

    async function failsAgain(file: ClaimedFile): Promise<void> {
      await ledger.fail(file.fileId, "still no good");
      await setAside(file, daemon.context());
    }
  });

  test("F9: twenty twins at once: one complete, nineteen duplicates, all deleted", async () => {
    const folders = await makeFolders();
    const daemon = await IntakeDaemon.start(ledger, { folders, maxPackages: 3 });
    const twins = Array.from({ length: 20 }, (_, index) => `twin ${index}`);
    expect(new Set(await Promise.all(twins.map((name) => daemon.drop(name, bytes))))).toEqual(
      new Set(["taken"]),
    );
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 1, duplicate: 19 });
    expect(daemon.runs).toHaveLength(1);
    await expectEmpty(folders);
  });

  test("twins at two daemons on the same folders: one complete, each loaded by one", async () => {
    const folders = await makeFolders();
    const daemons = await Promise.all(
      ["daemon:1:a", "daemon:2:b"].map((name) => IntakeDaemon.start(ledger, { folders, name })),
    );
    const drops = daemons.flatMap((daemon, at) =>
      Array.from({ length: 5 }, (_, index) => daemon.drop(`twin ${at} ${index}`, bytes)),
    );
    await Promise.all(drops);
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 1, duplicate: 9 });
    expect(daemons.flatMap(({ runs }) => runs)).toHaveLength(1);
    await expectEmpty(folders);
  });
});
