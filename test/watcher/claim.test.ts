// A claim, and what becomes of it when the file is another one, no file, or none at the last moment. The moment is
// chosen: before the claim, or at the fault point between the rename and the second look.

import {
  appendFile,
  chmod,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { look } from "../../src/folders/file-identity.ts";
import type { FaultPoints } from "../../src/observability/fault-points.ts";
import { claim } from "../../src/watcher/claim.ts";
import type { IntakeContext } from "../../src/watcher/intake-context.ts";
import { isRoot, openToAll, unprivileged } from "../folders/unprivileged.ts";
import { candidateOf, IntakeDaemon } from "./intake-daemon.ts";
import { exists, makeFolders, namesIn } from "./intake-folders.ts";
import { TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

/** A daemon, and a settled file of its inbox. `meanwhile` runs between the rename and the second look. */
async function stage(meanwhile: (claimed: string) => Promise<void> = async () => {}) {
  const folders = await makeFolders();
  const faults: FaultPoints = {
    async at(point) {
      if (point !== "after_claim") return;
      const [id = ""] = await namesIn(folders.processing);
      await meanwhile(join(folders.processing, id, "x.json"));
    },
  };
  const daemon = await IntakeDaemon.make(ledger, { folders, faults });
  const inbox = join(folders.ingest, "x.json");
  await writeFile(inbox, "settled");
  const offer = { ...(await candidateOf(folders, "x.json")), failures: 0 };
  return { folders, inbox, offer, context: daemon.context(), logged: daemon.logged };
}

/** Nothing in processing/, nothing in hand, no lock that keeps others away. */
async function expectNoTrace({ folders, inHand }: IntakeContext): Promise<void> {
  expect(await namesIn(folders.processing)).toEqual([]);
  expect([...inHand]).toEqual([]);
  expect(await ledger.claimLocks(await ledger.lastId())).toBe(0);
}

test("a settled file is renamed into a folder named by its id, which is in hand and locked", async () => {
  const { folders, inbox, offer, context } = await stage();
  const claimed = await claim(offer, context);
  if (claimed.kind !== "claimed") throw new Error(claimed.kind);
  await claimed.held.release();
  const { fileId, fingerprint } = claimed.file;
  expect(await readFile(join(folders.processing, String(fileId), "x.json"), "utf8")).toBe(
    "settled",
  );
  expect(await exists(inbox)).toBe(false);
  expect(fingerprint).toEqual(offer.fingerprint);
  expect([...context.inHand]).toEqual([fileId]);
  expect(await ledger.claimLocks(fileId)).toBe(1);
  expect(await ledger.rows()).toEqual([]);
});

describe("before the claim", () => {
  test.each<[string, (inbox: string) => Promise<void>]>([
    ["has grown", (inbox) => appendFile(inbox, "!")],
    ["has the same size and another time", (inbox) => utimes(inbox, 1, 1)],
    [
      "was exchanged for one of the same size and time",
      async (inbox) => {
        const { atime, mtime } = await stat(inbox);
        await writeFile(`${inbox}.part`, "another");
        await utimes(`${inbox}.part`, atime, mtime);
        await rename(`${inbox}.part`, inbox);
      },
    ],
  ])("a file that %s is not taken, and has to settle anew", async (_, change) => {
    const { inbox, offer, context } = await stage();
    await change(inbox);
    expect(await claim(offer, context)).toEqual({ kind: "changed" });
    expect(await exists(inbox)).toBe(true);
    await expectNoTrace(context);
  });

  test("a file that is gone, or a link by now, is forgotten", async () => {
    const { inbox, offer, context } = await stage();
    await rm(inbox);
    expect(await claim(offer, context)).toEqual({ kind: "taken" });
    await symlink("/etc/hostname", inbox);
    expect(await claim(offer, context)).toEqual({ kind: "taken" });
    expect(await readlink(inbox)).toBe("/etc/hostname");
    await expectNoTrace(context);
  });

  test.runIf(isRoot).each([
    ["may not be renamed, in a folder with sticky bit (F16)", 0o644, 0o1777],
    ["may not be read (F14)", 0o000, 0o777],
  ])("a file that %s stays, and is told once with name and uid", expectRefusal);

  test("a file that may not be read even by its owner stays, and is told once", () =>
    expectRefusal("", 0o000, 0o777));

  async function expectRefusal(_: string, fileMode: number, inboxMode: number): Promise<void> {
    const { folders, inbox, offer, context, logged } = await stage();
    await openToAll(folders);
    await chmod(inbox, fileMode);
    await chmod(folders.ingest, inboxMode);
    await unprivileged(async () => {
      expect(await claim(offer, context)).toEqual({ kind: "not_now" });
      expect(await claim({ ...offer, failures: 1 }, context)).toEqual({ kind: "not_now" });
    });
    expect(await exists(inbox)).toBe(true);
    const told = logged.said("package cannot be taken, trying again later");
    expect(told.filter(({ level }) => level === 40)).toMatchObject([{ name: "x.json" }]);
    expect(told[0]).toHaveProperty("uid");
    await expectNoTrace(context);
    await chmod(inbox, 0o644);
    const claimed = await claim(offer, context);
    expect(claimed.kind).toBe("claimed");
    if (claimed.kind === "claimed") await claimed.held.release();
  }
});

describe("at the last moment", () => {
  test.each<[string, (claimed: string) => Promise<void>]>([
    ["written to", (claimed) => appendFile(claimed, "!")],
    [
      "exchanged",
      async (claimed) => {
        await writeFile(`${claimed}.new`, "another");
        await rename(`${claimed}.new`, claimed);
      },
    ],
  ])("a file that was %s is ours, and has to settle where it is", async (_, meanwhile) => {
    const { folders, context, offer } = await stage(meanwhile);
    const outcome = await claim(offer, context);
    if (outcome.kind !== "unsettled") throw new Error(outcome.kind);
    expect(await namesIn(join(folders.processing, String(outcome.fileId)))).toEqual(["x.json"]);
    expect([...context.inHand]).toEqual([]);
    expect(await ledger.claimLocks(outcome.fileId)).toBe(0);
  });

  test("a file that was removed is forgotten", async () => {
    const { context, offer } = await stage((claimed) => rm(claimed));
    expect(await claim(offer, context)).toEqual({ kind: "taken" });
    await expectNoTrace(context);
  });

  test("a link or folder in its place is put back", async () => {
    const linked = await stage((claimed) => replace(claimed, () => symlink("/etc", claimed)));
    expect(await claim(linked.offer, linked.context)).toEqual({ kind: "taken" });
    expect(await readlink(linked.inbox)).toBe("/etc");
    await expectNoTrace(linked.context);
    const folder = await stage((claimed) => replace(claimed, () => mkdir(claimed)));
    expect(await claim(folder.offer, folder.context)).toEqual({ kind: "taken" });
    expect(await look(folder.inbox)).toEqual({ kind: "other" });
    await expectNoTrace(folder.context);
  });

  test.each<[string, (claimed: string) => Promise<unknown>]>([
    ["link", (claimed) => symlink("/etc", claimed)],
    ["folder", (claimed) => mkdir(claimed)],
  ])(
    "a %s is kept aside if something else came in its place: that is not overwritten",
    async (_, make) => {
      let inbox = "";
      const subject = await stage(async (claimed) => {
        await replace(claimed, () => make(claimed));
        await writeFile(inbox, "newer");
      });
      ({ inbox } = subject);
      const { folders, context, offer } = subject;
      expect(await claim(offer, context)).toEqual({ kind: "taken" });
      expect(await readFile(inbox, "utf8")).toBe("newer");
      expect(await namesIn(folders.failed)).toEqual([expect.stringMatching(/^\d+-x\.json$/)]);
      await expectNoTrace(context);
    },
  );

  test("an error leaves neither lock nor anything in hand", async () => {
    const { context, offer } = await stage(() => Promise.reject(new Error("broken")));
    await expect(claim(offer, context)).rejects.toThrow("broken");
    expect([...context.inHand]).toEqual([]);
  });
});

async function replace(path: string, make: () => Promise<unknown>): Promise<void> {
  await rm(path);
  await make();
}
