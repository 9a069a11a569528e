// F29: two thousand small packages at once: both types, some refused, some twice; with few descriptors.
import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { filesIn } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { after } from "../support/surroundings.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
});
afterAll(() => station.close());

const count = 2_000;
const isRefused = (n: number) => n % 50 === 0;
const isTwin = (n: number) => n % 20 === 1;

function bytesOf(n: number): Buffer {
  const satelliteType = n % 2 === 0 ? "jackal_mk1" : "jackal_mk2";
  if (isRefused(n)) return Buffer.from(`{"satellite_type":"none","n":${n}}\n`);
  return samplePackage({
    satelliteType,
    lines: 10,
    badEvery: 7,
    seed: isTwin(n) ? n - 1 + 10_000 : n + 10_000,
  }).bytes;
}

test("each ends as the contract says, and all books balance", async () => {
  for (let n = 0; n < count; n++) await drop(station.dir, `package-${n}`, bytesOf(n));
  await station.start({ under: after("ulimit -n 256") });
  const contents = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const key = bytesOf(n).toString("latin1");
    contents.set(key, (contents.get(key) ?? 0) + 1);
  }
  const refused = [...contents.keys()].filter((text) => text.includes('"none"')).length;
  const files = await station.check.ended(count, 240_000);
  const counted = (wanted: string) => files.filter(({ status }) => status === wanted).length;
  expect({
    failed: counted("failed"),
    complete: counted("complete"),
    duplicate: counted("duplicate"),
  }).toEqual({
    failed: refused,
    complete: contents.size - refused,
    duplicate: count - contents.size,
  });
  const imported = files.reduce((sum, { imported_lines }) => sum + imported_lines, 0);
  expect(imported).toBe((contents.size - refused) * 9);
  await station.check.expectInvariants();
  await atRest(station.dir);
  expect((await filesIn(station.dir))["failed"]).toHaveLength(refused);
}, 300_000);
