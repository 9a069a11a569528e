// What becomes of a claim whose bytes have a row already, where another daemon or another claim was at it meanwhile.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { look } from "../../src/folders/file-identity.ts";
import { packageName } from "../../src/folders/package-name.ts";
import { identify } from "../../src/watcher/identify.ts";
import type { IdentifiedFile, IntakeContext } from "../../src/watcher/intake-context.ts";
import { IntakeDaemon, ownerOf } from "./intake-daemon.ts";
import { exists, expectEmpty, leave, makeFolders, namesIn } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

/** A file in the folder of its claim, in hand, as `identify` is given it. */
async function claimed(
  fileId: number,
  name: string,
  { folders, inHand }: IntakeContext,
): Promise<IdentifiedFile> {
  inHand.add(fileId);
  const found = await look(await leave(folders, fileId, bytes, name));
  if (found.kind !== "file") throw new Error(`no file: ${name}`);
  const { fingerprint } = found;
  return { fileId, name: packageName(Buffer.from(name)), fingerprint, sha256: sha256(bytes) };
}

describe("a claim that another daemon took over while our session was lost", () => {
  test.each([
    ["complete", "archive"],
    ["failed", "failed"],
  ] as const)(
    "and ended, as %s: it is nobody's duplicate, and the sweep brings its file to %s/",
    async (status, where) => {
      const folders = await makeFolders();
      const daemon = await IntakeDaemon.make(ledger, { folders, onComplete: "archive" });
      const id = await ledger.enter({ status, sha256: sha256(bytes), name: "x" });
      const context = daemon.context();
      const file = await claimed(id, "x", context);
      expect(await identify(file, context)).toEqual({ kind: "ended" });
      expect(await exists(join(folders.processing, String(id), "x"))).toBe(true);
      expect(daemon.logged.said("package is a duplicate, nothing was imported")).toEqual([]);
      daemon.start();
      await expectEmpty(folders);
      expect(await namesIn(folders[where])).toEqual([`${id}-x`]);
      expect(await ledger.rows()).toMatchObject([{ id, status }]);
      expect(daemon.runs).toEqual([]);
    },
  );

  test("and is loading: it is left to that one", async () => {
    const folders = await makeFolders();
    const daemon = await IntakeDaemon.make(ledger, { folders });
    const owner = ownerOf("daemon:2:living", folders);
    const id = await ledger.enter({ status: "processing", sha256: sha256(bytes), owner });
    const context = daemon.context();
    const file = await claimed(id, "x", context);
    expect(await identify(file, context)).toEqual({ kind: "ended" });
    expect(await ledger.row(id)).toMatchObject({ status: "processing", owner });
  });
});
