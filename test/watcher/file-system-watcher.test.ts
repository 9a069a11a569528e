// What is found in the inbox by scans alone, and offered.

import { appendFileSync } from "node:fs";
import { rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pathOf } from "../../src/folders/package-name.ts";
import type { Offer } from "../../src/watcher/file-system-watcher.ts";
import { gate, soon } from "./intake-folders.ts";
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
      scanIntervalMs: minute, // The next page does not wait for it.
      offer: async (offer) => {
        open.push(offer);
        most = Math.max(most, open.length);
      },
    });
    await expect.poll(() => open.length, { timeout: 20_000 }).toBe(4_096);
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
    watcher.component.stop(); // Or it would take what the next one is to be offered.
    await watcher.component.exited;

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
