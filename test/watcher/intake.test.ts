// What intake makes of packages that come in: each is loaded once, whatever it is called (R8), and nothing that goes
// wrong with one holds up another.
import { appendFile, chmod, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ClaimedFile, claimedPath, claimFolder } from "../../src/folders/claimed-file.ts";
import type { FaultPoints } from "../../src/observability/fault-points.ts";
import { openToAll, privileged, unprivileged } from "../folders/unprivileged.ts";
import {
  exists,
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
    expect(await ledger.claimLocks(id)).toBe(0);
  });
});

test("a claimed file that cannot be read for a while is taken when it can, without a restart", async () => {
  const folders = await makeFolders();
  await openToAll(folders);
  let claimed = "";
  const faults: FaultPoints = {
    async at(point) {
      if (point !== "after_claim") return;
      const [id = ""] = await namesIn(folders.processing);
      claimed = join(folders.processing, id, "x");
      await privileged(() => chmod(claimed, 0o000));
    },
  };
  const daemon = await IntakeDaemon.start(ledger, { folders, faults });
  await writeFile(join(folders.ingest, "x"), bytes);
  await unprivileged(async () => {
    expect(await daemon.offer("x")).toBe("taken");
    const told = "a claimed package cannot be read or moved, trying again later";
    await expect.poll(() => daemon.logged.said(told), soon).toHaveLength(1);
  });
  expect(await exists(claimed)).toBe(true);
  await chmod(claimed, 0o644);
  await expect.poll(() => ledger.statuses(), soon).toEqual({ complete: 1 });
});
