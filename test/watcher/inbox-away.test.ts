// An inbox that cannot be read for a while.

import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { privileged, unprivileged } from "../folders/unprivileged.ts";
import { soon } from "./intake-folders.ts";
import { FakeHints, makeInbox, startWatcher } from "./watcher-stage.ts";

describe("an inbox that is away for a while is told once, and is no end", () => {
  test("F34: removed", async () => {
    const inbox = await makeInbox();
    const hints = new FakeHints();
    const watcher = startWatcher(inbox, { watchFolder: hints.watchFolder });
    await expect.poll(() => hints.begun, soon).toBe(1);
    await rm(inbox, { recursive: true });
    await expect.poll(() => watcher.logged.lines, soon).toHaveLength(1);
    await expect.poll(() => hints.ended, soon).toBe(1); // It may come again looking the same.
    await mkdir(inbox);
    await writeFile(join(inbox, "x.json"), "");
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
    expect(watcher.logged.said("inbox cannot be read, trying again")).toHaveLength(1);
    expect(watcher.exit()).toBeUndefined();
  });

  test("an answer that no list has: a link to itself, as of a network that is gone", async () => {
    const inbox = await makeInbox();
    const watcher = startWatcher(inbox);
    await rm(inbox, { recursive: true });
    await symlink(inbox, inbox);
    const said = () => watcher.logged.said("inbox cannot be read, trying again");
    await expect.poll(said, soon).toHaveLength(1);
    await rm(inbox);
    await mkdir(inbox);
    await writeFile(join(inbox, "x.json"), "");
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
    expect(watcher.exit()).toBeUndefined();
  });

  test.each([
    ["not to be read", 0o333],
    ["not to be entered, with files in it that were settling", 0o444],
  ])("%s", async (_, mode) => {
    const inbox = await makeInbox();
    await writeFile(join(inbox, "x.json"), "");
    let watcher: ReturnType<typeof startWatcher> | undefined;
    await unprivileged(async () => {
      const hints = new FakeHints();
      watcher = startWatcher(inbox, { settleMs: 200, watchFolder: hints.watchFolder });
      const { logged } = watcher;
      await expect.poll(() => hints.begun, soon).toBe(1); // After the first scan.
      await privileged(() => chmod(inbox, mode));
      await expect
        .poll(() => logged.said("inbox cannot be read, trying again"), soon)
        .toHaveLength(1);
    });
    await chmod(inbox, 0o755);
    await expect.poll(() => watcher?.names(), soon).toEqual(["x.json"]);
    expect(watcher?.exit()).toBeUndefined();
    expect(watcher?.logged.said("inbox cannot be read, trying again")).toHaveLength(1);
  });
});
