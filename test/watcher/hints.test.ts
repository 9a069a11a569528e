// Hints, given by the test or by the file system: they shorten the wait for a scan, and never replace it.

import { mkdir, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pathOf } from "../../src/folders/package-name.ts";
import type { Offer } from "../../src/watcher/file-system-watcher.ts";
import { watchFolder } from "../../src/watcher/hints.ts";
import { soon } from "./intake-folders.ts";
import { FakeHints, makeInbox, startWatcher } from "./watcher-stage.ts";

const minute = 60_000;

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
      const outside = join(inbox, "..", "outside");
      await writeFile(outside, "");
      await rename(outside, join(inbox, `${dropped++}`));
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
