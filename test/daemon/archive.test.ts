// What is archived by a daemon, and how its limits are kept.
import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { filesIn } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
});
afterAll(() => station.close());

const archived = async () => (await filesIn(station.dir))["archive"];

test("complete packages lie in archive/ under their numbers; the limit takes the oldest away", async () => {
  const samples = [1, 2, 3].map((seed) => samplePackage({ lines: 20, seed }));
  const keeping = await station.start({ env: { DOWNLINK_ON_COMPLETE: "archive" } });
  for (const [at, { bytes }] of samples.entries()) {
    await drop(station.dir, `package-${at}`, bytes);
    await station.check.ended(at + 1);
  }
  await drop(station.dir, "refused", "no header");
  await station.check.ended(4);
  await atRest(station.dir);
  expect(await archived()).toEqual(["1-package-0", "2-package-1", "3-package-2"]);
  expect(await keeping.stop()).toBe(0);

  const limit = `${(samples[0]?.bytes.length ?? 0) * 2}`;
  const limited = await station.start({ env: { DOWNLINK_ARCHIVE_MAX_BYTES: limit } });
  await limited.logged("archive trimmed to its limits");
  expect(await archived()).toEqual(["2-package-1", "3-package-2"]);
  expect(await filesIn(station.dir)).toMatchObject({ failed: ["4-refused"] });
  await station.check.expectInvariants();
});
