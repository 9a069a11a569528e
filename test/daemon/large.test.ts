// A package that is larger than the memory for it: bytes and columns of its later lines lie where earlier ones lay.
import { afterAll, beforeAll, expect, test } from "vitest";
import { stagingCapacityBytes } from "../../src/staging/staging-store.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
  await station.start({ env: { DOWNLINK_BATCH_ROWS: "7000" } });
});
afterAll(() => station.close());

test("each line is as it was sent, also behind those that were rejected", async () => {
  const sample = samplePackage({ lines: 220_000, badEvery: 1_000, seed: 7 });
  expect(sample.bytes.length).toBeGreaterThan(stagingCapacityBytes);
  await drop(station.dir, "large", sample.bytes);
  await station.check.ended(1, 60_000);
  await station.check.expectLoaded(sample);
}, 90_000);
