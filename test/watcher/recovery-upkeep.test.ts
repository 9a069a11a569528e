// Many sweeps: what each one leaves behind in memory, in the server's locks and in the log.
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { rowsOf } from "../../src/watcher/claim-rows.ts";
import type { IntakeContext } from "../../src/watcher/intake-context.ts";
import { Recovery } from "../../src/watcher/recovery.ts";
import { Settling } from "../../src/watcher/settling.ts";
import { openToAll, unprivileged } from "../folders/unprivileged.ts";
import { IntakeDaemon } from "./intake-daemon.ts";
import { leave, makeFolders, namesIn, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

async function sweep(recovery: Recovery, context: IntakeContext): Promise<void> {
  const ids = await recovery.claims();
  const { rows, living } = await rowsOf(ids, context);
  for (const id of ids) await recovery.examine(id, rows.get(id), living);
}

test("claims of another daemon that come and go are forgotten", async () => {
  const sizes: number[] = [];
  const { see } = Settling.prototype;
  vi.spyOn(Settling.prototype, "see").mockImplementation(function (this: Settling, ...seen) {
    const isWhole = see.apply(this, seen);
    sizes.push(this.size);
    return isWhole;
  });
  const folders = await makeFolders();
  const daemon = await IntakeDaemon.make(ledger, { folders, settleMs: 300 });
  const other = await IntakeDaemon.make(ledger, { folders, name: "daemon:2:other" });
  const recovery = new Recovery(daemon.context());
  const { session } = await other.database.whenReady(AbortSignal.timeout(10_000));
  for (const id of await session.reserveClaims(50)) {
    await leave(folders, id, `claim ${id}`);
    await sweep(recovery, daemon.context());
    await rm(join(folders.processing, String(id)), { recursive: true });
  }
  expect(sizes).toHaveLength(50);
  expect(Math.max(...sizes)).toBe(1);
});

test("bytes that cannot be moved to a claim of their own leave no lock, and nothing in hand", async () => {
  const folders = await makeFolders();
  const daemon = await IntakeDaemon.make(ledger, { folders });
  const id = await ledger.enter({ status: "complete", sha256: sha256("bytes") });
  await leave(folders, id, "other bytes");
  const ids = Array.from({ length: 5 }, (_, at) => id + 1 + at);
  for (const next of ids) await writeFile(join(folders.processing, String(next)), ""); // In the way.
  const context = daemon.context();
  const recovery = new Recovery(context);
  for (const _ of ids) await sweep(recovery, context);
  const { session } = await daemon.database.whenReady(AbortSignal.timeout(10_000));
  expect(await session.reserveClaim()).toBeGreaterThan(id + ids.length); // Each has had its try.
  expect(context.inHand.size).toBe(0);
  for (const next of ids) await expect.poll(() => ledger.claimLocks(next), soon).toBe(0);
});

test.each(["complete", "duplicate", "failed"])(
  "the file of a %s package that cannot be taken away is told of once in a while, not by each sweep",
  async (status) => {
    const folders = await makeFolders();
    await openToAll(folders);
    const id = await ledger.enter({ status, sha256: sha256("bytes") });
    const path = await leave(folders, id, "bytes");
    await chmod(join(folders.processing, String(id)), 0o555);
    const daemon = await IntakeDaemon.make(ledger, { folders });
    const context = daemon.context();
    const recovery = new Recovery(context);
    await unprivileged(async () => {
      for (let n = 0; n < 5; n++) await sweep(recovery, context);
    });
    expect(daemon.logged.lines.filter(({ fileId }) => fileId === id)).toHaveLength(1);
    await chmod(join(folders.processing, String(id)), 0o777);
    await writeFile(path, "bytes"); // It has changed since, and is looked at again.
    for (let n = 0; n < 2; n++) await sweep(recovery, context);
    expect(await namesIn(folders.processing)).toEqual([]);
  },
);
