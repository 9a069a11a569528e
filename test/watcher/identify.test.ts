// What becomes of a claim whose bytes have a row already, where another daemon or another claim was at it meanwhile.

import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  Database,
  type DatabaseAccess,
  type DatabaseOptions,
} from "../../src/database/database.ts";
import { look } from "../../src/folders/file-identity.ts";
import { packageName } from "../../src/folders/package-name.ts";
import { identify } from "../../src/watcher/identify.ts";
import type { IdentifiedFile, IntakeContext } from "../../src/watcher/intake-context.ts";
import { IntakeDaemon, ownerOf } from "./intake-daemon.ts";
import { exists, expectEmpty, gate, leave, makeFolders, namesIn, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

/** Each answer arrives when what the test does meanwhile is done. */
class LateDatabase extends Database {
  readonly #meanwhile: (answer: unknown) => Promise<void>;

  constructor(options: DatabaseOptions, meanwhile: (answer: unknown) => Promise<void>) {
    super(options);
    this.#meanwhile = meanwhile;
  }

  override async use<Result>(
    signal: AbortSignal,
    work: (access: DatabaseAccess, isAgain: boolean) => Promise<Result>,
  ): Promise<Result> {
    const answer = await super.use(signal, work);
    await this.#meanwhile(answer);
    return answer;
  }
}

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

describe("twins of an earlier package that nobody is at", () => {
  test.each([
    ["that has failed", "failed", undefined],
    ["that a dead daemon had in work, its file gone", "processing", "daemon:0:dead"],
    ["that is ours, its file gone", "processing", "daemon:1:test"],
  ])("%s: one takes its place, the other waits for its end", async (_, status, name) => {
    const folders = await makeFolders();
    const owner = name === undefined ? null : ownerOf(name, folders);
    const id = await ledger.enter({ status, sha256: sha256(bytes), owner });
    const arrival = gate();
    const makeDatabase = (options: DatabaseOptions) =>
      new LateDatabase(options, async (answer) => {
        if (answer === true) await arrival.opened; // That the package is now the twin's.
      });
    const context = (await IntakeDaemon.make(ledger, { folders, makeDatabase })).context();
    const claims = [await ledger.nextId(), await ledger.nextId()];
    const twins = await Promise.all(claims.map((claim) => claimed(claim, `${claim}`, context)));
    const both = twins.map((twin) => identify(twin, context));
    expect(await Promise.race(both)).toEqual({ kind: "wait", forFileId: id });
    arrival.open();
    const kinds = (await Promise.all(both)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(["run", "wait"]);
    expect(await namesIn(join(folders.processing, String(id)))).toHaveLength(1);
    expect(context.inHand).toContain(id);
  });

  test("that is complete by the time that its row arrives: a duplicate of it", async () => {
    const folders = await makeFolders();
    const owner = ownerOf("daemon:1:test", folders);
    const id = await ledger.enter({ status: "processing", sha256: sha256(bytes), owner });
    const makeDatabase = (options: DatabaseOptions) =>
      new LateDatabase(options, async (answer) => {
        if (answer instanceof Object) await ledger.complete(id);
      });
    const context = (await IntakeDaemon.make(ledger, { folders, makeDatabase })).context();
    const twin = await claimed(await ledger.nextId(), "twin", context);
    expect(await identify(twin, context)).toEqual({ kind: "ended" });
    expect(await ledger.statuses()).toEqual({ complete: 1, duplicate: 1 });
  });

  test("that cannot be taken up yet keep nobody waiting for it: it is taken up later", async () => {
    const folders = await makeFolders();
    const id = await ledger.enter({ status: "failed", sha256: sha256(bytes) });
    const daemon = await IntakeDaemon.start(ledger, { folders });
    await rename(folders.failed, `${folders.failed}.away`);
    await daemon.drop("again.json", bytes);
    const told = "a claimed package cannot be read or moved";
    await expect.poll(() => daemon.logged.said(told), soon).not.toEqual([]);
    await rename(`${folders.failed}.away`, folders.failed);
    await expect.poll(() => ledger.rows(), soon).toMatchObject([{ id, status: "complete" }]);
    await expectEmpty(folders);
  });

  test("whose file is still in processing/: it is left to the sweep", async () => {
    const folders = await makeFolders();
    const owner = ownerOf("daemon:0:dead", folders);
    const id = await ledger.enter({ status: "processing", sha256: sha256(bytes), owner });
    await leave(folders, id, bytes);
    const context = (await IntakeDaemon.make(ledger, { folders })).context();
    const twin = await claimed(await ledger.nextId(), "twin", context);
    expect(await identify(twin, context)).toEqual({ kind: "wait", forFileId: id });
    expect(context.inHand).not.toContain(id);
  });
});
