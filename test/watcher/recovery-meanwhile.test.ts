// A sweep acts upon rows that it has read at its beginning, and a look at other claims can take it long.

import { join } from "node:path";
import { expect, test } from "vitest";
import type { FaultPoints } from "../../src/observability/fault-points.ts";
import { IntakeDaemon } from "./intake-daemon.ts";
import { gate, leave, makeFolders, namesIn, soon } from "./intake-folders.ts";
import { sha256, TestLedger } from "./test-ledger.ts";

const ledger = new TestLedger();

const bytes = "a package\n";

test("a failed package that another daemon has taken up meanwhile: its file is not set aside", async () => {
  const folders = await makeFolders();
  const first = await ledger.enter({ status: "failed", sha256: sha256("first") });
  const id = await ledger.enter({ status: "failed", sha256: sha256(bytes) });
  await leave(folders, first, "first");
  await leave(folders, id, bytes);
  const [reached, goOn] = [gate(), gate()];
  const faults: FaultPoints = {
    at: async (point) => {
      if (point !== "before_failed_move") return;
      reached.open();
      await goOn.opened;
    },
  };
  const slow = await IntakeDaemon.start(ledger, { folders, faults });
  await reached.opened; // It is at the first one, and has read the rows of both.
  const load = () => new Promise<void>(() => {});
  const other = await IntakeDaemon.start(ledger, { folders, name: "daemon:2:other", load });
  await expect.poll(() => namesIn(folders.processing), soon).toEqual([]);
  await other.drop("again.json", bytes);
  await expect.poll(() => other.runs, soon).toEqual([id]);
  await other.stopIntake(); // Its package runs on; the next claim is for the slow one.
  const free = await ledger.nextId();
  await leave(folders, free, "free\n");
  goOn.open();
  await expect.poll(() => slow.runs, soon).toEqual([free]);
  expect(await namesIn(join(folders.processing, String(id)))).toEqual(["again.json"]);
  expect(await namesIn(folders.failed)).toEqual([`${first}-left.json`]);
});
