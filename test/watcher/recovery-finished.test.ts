// Finished rows whose file an earlier life has not taken away: step 11 of the protocol.

import { describe, expect, test } from "vitest";
import { IntakeDaemon } from "./intake-daemon.ts";
import { expectEmpty, failedFiles, leave, makeFolders, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

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
