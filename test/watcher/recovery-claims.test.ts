// What an earlier life has left in processing/ without a row, taken up by the sweep of a fresh intake: step 11 of the
// protocol, the first line of its table.

import { appendFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { IntakeDaemon } from "./intake-daemon.ts";
import { expectEmpty, leave, makeFolders, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

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
    await expect.poll(() => ledger.claimLocks(id), soon).toBe(0);
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
