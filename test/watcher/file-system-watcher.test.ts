// What is found in the inbox, by scans alone unless a test gives hints, and what is left alone there.
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { chmod, mkdir, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { pathOf } from "../../src/folders/package-name.ts";
import type { Offer } from "../../src/watcher/file-system-watcher.ts";
import { watchFolder } from "../../src/watcher/hints.ts";
import { privileged, unprivileged } from "../folders/unprivileged.ts";
import { gate, soon } from "./intake-stage.ts";
import { FakeHints, makeInbox, startWatcher } from "./watcher-stage.ts";

const minute = 60_000;

describe("the scan finds", () => {
  test("what lies there at start", async () => {
    const inbox = await makeInbox();
    await writeFile(join(inbox, "x.json"), "bytes");
    const watcher = startWatcher(inbox);
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
    expect(watcher.offers[0]).toMatchObject({ failures: 0, fingerprint: { sizeBytes: 5n } });
  });

  test("what is renamed in, and the same name again with other bytes (F7)", async () => {
    const inbox = await makeInbox();
    const watcher = startWatcher(inbox);
    for (const bytes of ["first", "another"]) {
      await writeFile(join(inbox, "x.part"), bytes);
      await rename(join(inbox, "x.part"), join(inbox, "x.json"));
      await expect
        .poll(() => watcher.offers.at(-1)?.fingerprint.sizeBytes, soon)
        .toBe(BigInt(bytes.length));
    }
    expect(watcher.names()).toEqual(["x.json", "x.json"]);
  });

  test("F1, F3: what is written slowly, once, when it rests; also if it was there at start", async () => {
    const inbox = await makeInbox();
    const path = join(inbox, "x.json");
    await writeFile(path, "");
    const watcher = startWatcher(inbox, { settleMs: 200 });
    let pieces = 0;
    const offeredAmid = await new Promise((resolve) => {
      const writer = setInterval(() => {
        appendFileSync(path, "0123456789");
        pieces += 1;
        if (pieces < 40) return;
        clearInterval(writer);
        resolve(watcher.offers.length);
      }, 15);
    });
    expect(offeredAmid).toBe(0);
    await expect.poll(() => watcher.offers, soon).toHaveLength(1);
    expect(watcher.offers[0]?.fingerprint.sizeBytes).toBe(400n);
  });

  test("F24: names that are no UTF-8, and shows them escaped", async () => {
    const inbox = await makeInbox();
    const bytes = Buffer.from([0xff, 0x78, 0xe2, 0x82]);
    await writeFile(Buffer.concat([Buffer.from(`${inbox}/`), bytes]), "");
    const watcher = startWatcher(inbox);
    await expect.poll(watcher.names, soon).toEqual(["%FFx%E2%82"]);
    expect(watcher.offers[0]?.name.bytes).toEqual(bytes);
  });

  test("F25, F27: names of 255 bytes, with line feeds, quotes, percent signs and dashes", async () => {
    const inbox = await makeInbox();
    const names = ["a\nb", `"'<b>&`, "-rf", "%2e%2e", "a b\t", "\u202egnp", "é".repeat(127)].sort();
    for (const name of names) await writeFile(join(inbox, name), "");
    await expect.poll(startWatcher(inbox).names, soon).toEqual(names);
  });

  test("F29: ten thousand at once, in bounded pages", async () => {
    const inbox = await makeInbox();
    const names = Array.from({ length: 10_000 }, (_, at) => `${at}`);
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map((name) => writeFile(join(inbox, name), "")));
    }
    const open: Offer[] = [];
    let most = 0;
    const watcher = startWatcher(inbox, {
      offer: async (offer) => {
        open.push(offer);
        most = Math.max(most, open.length);
      },
    });
    await expect.poll(() => open.length, soon).toBe(4_096);
    while (watcher.offers.length < names.length || open.length > 0) {
      await expect.poll(() => open.length, { timeout: 10_000, interval: 1 }).toBeGreaterThan(0);
      const page = open.splice(0);
      await Promise.all(page.map(({ name }) => unlink(pathOf(inbox, name))));
      for (const offer of page) offer.settle("taken");
    }
    expect(new Set(watcher.names()).size).toBe(10_000);
    expect(watcher.offers).toHaveLength(10_000);
    expect(most).toBe(4_096);
  });
});

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

describe("an offer", () => {
  test("that waits stops the looks: nothing more is offered, and a stop still ends it", async () => {
    const inbox = await makeInbox();
    for (let at = 0; at < 50; at++) await writeFile(join(inbox, `${at}`), "");
    const held = gate();
    const hints = new FakeHints();
    let most = 0;
    let waiting = 0;
    const watcher = startWatcher(inbox, {
      watchFolder: hints.watchFolder,
      offer: async (offer) => {
        waiting += 1;
        most = Math.max(most, waiting);
        await held.opened;
        waiting -= 1;
        await unlink(pathOf(inbox, offer.name));
        offer.settle("taken");
      },
    });
    await expect.poll(() => watcher.offers, soon).toHaveLength(1);
    held.open();
    await expect.poll(() => watcher.offers, soon).toHaveLength(50);
    expect(most).toBe(1);

    const blocked = startWatcher(inbox, {
      offer: (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    });
    await writeFile(join(inbox, "one more"), "");
    await expect.poll(() => blocked.offers, soon).toHaveLength(1);
    blocked.component.stop();
    expect(await blocked.component.exited).toEqual({ kind: "shutdown", detail: "asked" });
  });

  test("that could not be taken comes again after a while, and says how often", async () => {
    const inbox = await makeInbox();
    await writeFile(join(inbox, "x"), "");
    const watcher = startWatcher(inbox, { offer: async ({ settle }) => settle("not_now") });
    await expect.poll(() => watcher.offers, soon).toHaveLength(2);
    expect(watcher.offers.map(({ failures }) => failures)).toEqual([0, 1]);
  });

  test("that had changed settles anew, without waiting for the next scan", async () => {
    const inbox = await makeInbox();
    await writeFile(join(inbox, "x"), "");
    const watcher = startWatcher(inbox, {
      scanIntervalMs: minute,
      offer: async ({ settle }) => settle(watcher.offers.length < 3 ? "changed" : "not_now"),
    });
    await expect.poll(() => watcher.offers, soon).toHaveLength(3);
  });
});

describe("hints", () => {
  test("shorten the wait for the next scan, which is a minute away", async () => {
    const inbox = await makeInbox();
    const hints = new FakeHints();
    const watcher = startWatcher(inbox, {
      scanIntervalMs: minute,
      watchFolder: hints.watchFolder,
    });
    await expect.poll(() => hints.begun, soon).toBe(1);
    await writeFile(join(inbox, "x.json"), "");
    hints.give("x.json", "x.json", "x.part", "not there"); // F31: announced twice.
    hints.give("x.json");
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
    await writeFile(join(inbox, "y.json"), "");
    hints.give("y.json");
    await expect.poll(watcher.names, soon).toEqual(["x.json", "y.json"]);
  });

  test("come from the file system", async () => {
    const inbox = await makeInbox();
    const watcher = startWatcher(inbox, { scanIntervalMs: minute, watchFolder });
    let dropped = 0; // The first ones may come before it listens.
    const drop = async (): Promise<number> => {
      await writeFile(join(inbox, `${dropped++}`), "");
      return watcher.offers.length;
    };
    await expect.poll(drop, { timeout: 10_000, interval: 50 }).toBeGreaterThan(0);
  });

  test("F33: are about the folder, and begun anew when it was removed and made again", async () => {
    const inbox = await makeInbox();
    const hints = new FakeHints();
    const watcher = startWatcher(inbox, { watchFolder: hints.watchFolder });
    await expect.poll(() => hints.begun, soon).toBe(1);
    await rm(inbox, { recursive: true });
    await mkdir(inbox); // Often with the inode number of the first.
    await writeFile(join(inbox, "x.json"), "");
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
    await expect.poll(() => [hints.begun, hints.ended], soon).toEqual([2, 1]);
    watcher.component.stop();
    await watcher.component.exited;
    expect(hints.ended).toBe(2);
  });

  test("are switched off in a flood of files, and on again after it", async () => {
    const inbox = await makeInbox();
    const hints = new FakeHints();
    const offered: Offer[] = [];
    const watcher = startWatcher(inbox, {
      watchFolder: hints.watchFolder,
      offer: async (offer) => void offered.push(offer),
    });
    await expect.poll(() => hints.begun, soon).toBe(1);
    const names = Array.from({ length: 400 }, (_, at) => `${at}`);
    await Promise.all(names.map((name) => writeFile(join(inbox, name), "")));
    await expect.poll(() => [offered.length, hints.ended], soon).toEqual([400, 1]);
    for (const offer of offered) {
      await unlink(pathOf(inbox, offer.name));
      offer.settle("taken");
    }
    await expect.poll(() => hints.begun, soon).toBe(2);
    expect(watcher.exit()).toBeUndefined();
  });
});

describe("an inbox that is away for a while is told once, and is no end", () => {
  test("F34: removed", async () => {
    const inbox = await makeInbox();
    await rm(inbox, { recursive: true });
    const watcher = startWatcher(inbox);
    await expect.poll(() => watcher.logged.lines, soon).toHaveLength(1);
    await mkdir(inbox);
    await writeFile(join(inbox, "x.json"), "");
    await expect.poll(watcher.names, soon).toEqual(["x.json"]);
    expect(watcher.logged.said("inbox cannot be read, trying again")).toHaveLength(1);
    expect(watcher.exit()).toBeUndefined();
  });

  test.each([
    ["not to be read", 0o300],
    ["not to be entered, with files in it that were settling", 0o400],
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
