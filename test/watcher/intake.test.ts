// What intake makes of packages that come in, and that nothing which goes wrong with one holds up another.

import { appendFile, chmod, mkdir, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ClaimedFile, claimedPath } from "../../src/folders/claimed-file.ts";
import type { FaultPoints } from "../../src/observability/fault-points.ts";
import { openToAll, privileged, unprivileged } from "../folders/unprivileged.ts";
import { IntakeDaemon } from "./intake-daemon.ts";
import { exists, expectEmpty, gate, leave, makeFolders, namesIn, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

test("new bytes are entered with name, size and sha256, and loaded", async () => {
  const folders = await makeFolders();
  const daemon = await IntakeDaemon.start(ledger, { folders });
  expect(await daemon.drop("x.json", bytes)).toBe("taken");
  await expect
    .poll(() => ledger.rows(), soon)
    .toMatchObject([
      { name: "x.json", status: "complete", sha256: sha256(bytes), size: bytes.length },
    ]);
  await expectEmpty(folders);
});

describe("a package that is not finished when its tree ends", () => {
  test("is run again until the ledger says that it is done", async () => {
    const folders = await makeFolders();
    let runs = 0;
    const load = async ({ fileId }: ClaimedFile): Promise<void> => {
      runs += 1;
      if (runs < 3) throw new Error("the tree gave up");
      await ledger.complete(fileId);
    };
    const daemon = await IntakeDaemon.start(ledger, { folders, load });
    await daemon.drop("x", bytes);
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 1 });
    expect(daemon.logged.said("package not finished, running it again")).toHaveLength(2);
    await expectEmpty(folders); // The sweep ends what the tree did not.
  });

  test("is identified anew if its file grew and nothing was committed", async () => {
    const folders = await makeFolders();
    let runs = 0;
    const load = async (file: ClaimedFile): Promise<void> => {
      runs += 1;
      if (runs > 1) return ledger.complete(file.fileId);
      await appendFile(claimedPath(folders, file), "and more\n");
    };
    const daemon = await IntakeDaemon.start(ledger, { folders, load, settleMs: 50 });
    await daemon.drop("x", bytes);
    const whole = `${bytes}and more\n`;
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ status: "complete", sha256: sha256(whole) }]);
    await expectEmpty(folders);
  });

  test("as many packages as allowed run at the same time, and no more", async () => {
    const folders = await makeFolders();
    const held = gate();
    const load = ({ fileId }: ClaimedFile): Promise<void> =>
      held.opened.then(() => ledger.complete(fileId));
    const daemon = await IntakeDaemon.start(ledger, { folders, load, maxPackages: 2 });
    for (const name of ["a", "b", "c", "d"]) await daemon.drop(name, name);
    await expect.poll(() => ledger.statuses(), soon).toEqual({ processing: 4 });
    expect(daemon.runs).toHaveLength(2);
    held.open();
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 4 });
  });
});

describe("F36: a file of more than 1 GiB", () => {
  test("without a header is refused unread, and kept", async () => {
    const folders = await makeFolders();
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await writeFile(join(folders.ingest, "sparse"), "");
    await truncate(join(folders.ingest, "sparse"), 2 * 2 ** 30);
    const beganMs = performance.now();
    await daemon.offer("sparse");
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([
        {
          status: "failed",
          sha256: null,
          size: 2 * 2 ** 30,
          error: expect.stringContaining("header"),
        },
      ]);
    expect(performance.now() - beganMs).toBeLessThan(1_000); // Hashing it takes longer.
    await expect
      .poll(() => namesIn(folders.failed), soon)
      .toEqual([expect.stringMatching(/^\d+-sparse$/)]);
    await expectEmpty(folders);
  });

  test("left in processing/ by an earlier life is refused likewise", async () => {
    const folders = await makeFolders();
    const id = await ledger.nextId();
    await truncate(await leave(folders, id, "", "sparse"), 2 * 2 ** 30);
    await IntakeDaemon.start(ledger, { folders });
    await expect
      .poll(() => ledger.rows(), soon)
      .toMatchObject([{ id, status: "failed", sha256: null }]);
    await expect.poll(() => namesIn(folders.failed), soon).toEqual([`${id}-sparse`]);
    await expect.poll(() => ledger.claimLocks(id), soon).toBe(0);
  });
});

test("a claimed file that cannot be read for a while is taken when it can, without a restart", async () => {
  const folders = await makeFolders();
  await openToAll(folders);
  const claimed = join(folders.processing, "1", "x");
  await mkdir(dirname(claimed), { mode: 0o755 });
  await writeFile(claimed, bytes, { mode: 0o000 });
  await unprivileged(async () => {
    const daemon = await IntakeDaemon.start(ledger, { folders });
    const told = "a claimed package cannot be read or moved, trying again later";
    await expect.poll(() => daemon.logged.said(told), soon).toHaveLength(1);
  });
  expect(await exists(claimed)).toBe(true);
  await chmod(claimed, 0o644);
  await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 1 });
});

test("a claimed file is read to its end, though its mode forbids it by now", async () => {
  const folders = await makeFolders();
  await openToAll(folders);
  const faults: FaultPoints = {
    async at(point) {
      if (point !== "after_claim") return;
      const [id = ""] = await namesIn(folders.processing);
      await privileged(() => chmod(join(folders.processing, id, "x"), 0o000));
    },
  };
  const daemon = await IntakeDaemon.start(ledger, { folders, faults });
  await writeFile(join(folders.ingest, "x"), bytes);
  await unprivileged(async () => {
    expect(await daemon.offer("x")).toBe("taken");
    await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 1 });
  });
});
