// Small packages beside large ones: they do not wait for them, neither for a lane nor for their turn to be written. Seen
// in the order of what happens, not in times.
import { afterEach, expect, test } from "vitest";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";

let daemon: DaemonInProcess;
afterEach(() => daemon.close());

const heard = (kind: string) => daemon.heard.filter((event) => event.kind === kind);
const large = samplePackage({ lines: 120_000, seed: 1 }).bytes;

async function dropSmall(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await drop(daemon.dir, `small-${n}`, samplePackage({ lines: 100, seed: 100 + n }).bytes);
  }
}

test("ten small ones dropped behind four large ones are done before any of those", async () => {
  expect(large.length).toBeGreaterThan(16 * 2 ** 20); // Else it would be no large one.
  daemon = await startDaemonInProcess({
    DOWNLINK_MAX_PACKAGES: "3",
    DOWNLINK_BATCH_ROWS: "2000",
    DOWNLINK_MAX_ROWS_PER_SECOND: "10000",
  });
  for (let n = 0; n < 4; n++) {
    const apart = Buffer.from(`{"satellite_type":"jackal_mk1","n":${n}}\n`);
    const lines = large.subarray(large.indexOf(10) + 1);
    await drop(daemon.dir, `large-${n}`, Buffer.concat([apart, lines]));
  }
  await until("large ones at work", () => heard("batch_committed").length >= 2, 30_000);
  await dropSmall(10);
  await until("all small ones", () => heard("package_ended").length >= 10, 30_000);
  const names = heard("package_ended").map((event) => "name" in event && event.name);
  expect(names.slice(0, 10).every((name) => String(name).startsWith("small-"))).toBe(true);
  const begun = heard("package_started").map((event) => "name" in event && event.name);
  expect(begun.filter((name) => String(name).startsWith("large-"))).toHaveLength(2);
}, 90_000);
