// What is left alone in the inbox.

import { execFileSync } from "node:child_process";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { soon } from "./intake-folders.ts";
import { makeInbox, startWatcher } from "./watcher-stage.ts";

describe("left alone, and told once for each name", () => {
  test("F17 to F22: links, folders, FIFOs, sockets, and names that are not final", async () => {
    const inbox = await makeInbox();
    const target = join(inbox, "..", "target");
    await writeFile(target, "untouched");
    await symlink(target, join(inbox, "link to a file"));
    await symlink(inbox, join(inbox, "link to a folder"));
    await symlink("loop", join(inbox, "loop"));
    await symlink("nowhere", join(inbox, "link to nothing"));
    await mkdir(join(inbox, "x.json"));
    await writeFile(join(inbox, "x.json", "nested.json"), "");
    for (const at of [1, 2, 3, 4, 5]) execFileSync("mkfifo", [join(inbox, `fifo ${at}`)]);
    const server = createServer().listen(join(inbox, "socket"));
    onTestFinished(() => void server.close());
    const unfinished = [".hidden", "x.part", "x.tmp", "x.filepart", "x.swp", "x~"];
    for (const name of [...unfinished, ".gitkeep", ".downlink-trial-x"]) {
      await writeFile(join(inbox, name), "");
    }
    const watcher = startWatcher(inbox);
    await writeFile(join(inbox, "good 1"), "");
    await expect.poll(watcher.names, soon).toEqual(["good 1"]);
    await writeFile(join(inbox, "good 2"), ""); // Another scan later.
    await expect.poll(watcher.names, soon).toEqual(["good 1", "good 2"]);
    const told = watcher.logged.lines.map(({ name }) => name).sort();
    const links = ["link to a file", "link to a folder", "link to nothing", "loop"];
    const fifos = [1, 2, 3, 4, 5].map((at) => `fifo ${at}`);
    expect(told).toEqual([...unfinished, ...links, ...fifos, "socket", "x.json"].sort());
  });

  test("and not counted among the files of the inbox", async () => {
    const inbox = await makeInbox();
    await symlink("nowhere", join(inbox, "link"));
    await mkdir(join(inbox, "folder"));
    for (const name of ["x.part", "one", "two"]) await writeFile(join(inbox, name), "");
    const { filesTold } = startWatcher(inbox);
    await expect.poll(() => filesTold, soon).toEqual([2, 0]);
  });

  test("for at most a thousand names", async () => {
    const inbox = await makeInbox();
    const names = Array.from({ length: 1_100 }, (_, at) => `${at}.part`);
    await Promise.all(names.map((name) => writeFile(join(inbox, name), "")));
    await writeFile(join(inbox, "good"), "");
    const watcher = startWatcher(inbox);
    await expect.poll(watcher.names, soon).toEqual(["good"]);
    await writeFile(join(inbox, "later"), "");
    await expect.poll(watcher.names, soon).toEqual(["good", "later"]);
    expect(watcher.logged.lines).toHaveLength(1_000);
  });

  test("F22: taken after a rename to a good name", async () => {
    const inbox = await makeInbox();
    await writeFile(join(inbox, "x.json.part"), "");
    const watcher = startWatcher(inbox);
    await expect.poll(() => watcher.logged.lines, soon).toHaveLength(1);
    await rename(join(inbox, "x.json.part"), join(inbox, "x.json"));
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
  });
});
