// P20 to P22: several daemons, on one folder and on one database: each package is loaded by one of them, once.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesIn, TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

let station: Station;
beforeEach(async () => {
  station = await openStation();
});
afterEach(() => station.close());

const troubles = (daemon: TestDaemon) =>
  daemon.log.filter(({ level, unsafe }) => Number(level) >= 40 && unsafe === undefined);

const count = 150;
const packageOf = (n: number) => samplePackage({ lines: 20, badEvery: 6, seed: n });

test("two on one folder share the work, in peace", async () => {
  const daemons = await Promise.all([station.start(), station.start()]);
  for (let n = 0; n < count; n++) {
    await drop(station.dir, `package-${n}`, packageOf(n).bytes);
    if (n % 3 === 0) await drop(station.dir, `twin-${n}`, packageOf(n).bytes);
  }
  const files = await station.check.ended(count + count / 3, 60_000);
  expect(files.filter(({ status }) => status === "complete")).toHaveLength(count);
  expect(files.filter(({ status }) => status === "duplicate")).toHaveLength(count / 3);
  for (let n = 0; n < count; n += 10) await station.check.expectLoaded(packageOf(n));
  await station.check.expectInvariants();
  await expect
    .poll(() => filesIn(station.dir), { timeout: 10_000 })
    .toEqual({ ingest: [], processing: [], failed: [], archive: [] });
  for (const daemon of daemons) {
    expect(troubles(daemon)).toEqual([]); // A file that the other one has taken is nothing to tell.
    expect(daemon.log.map(({ msg }) => msg)).toContain("package complete");
  }
}, 90_000);

test("what a killed one had in hand the other takes over, on its way", async () => {
  const slow = { DOWNLINK_BATCH_ROWS: "20", DOWNLINK_MAX_ROWS_PER_SECOND: "200" };
  const first = await station.start({ env: slow });
  const sample = samplePackage({ lines: 400, badEvery: 9, seed: 1_000 });
  await drop(station.dir, "package", sample.bytes);
  await first.until("a first batch", async () => {
    const [row] = await station.check.files();
    return row !== undefined && row.imported_lines > 0;
  });
  await station.start();
  expect(await first.stop("SIGKILL")).toBe("SIGKILL");
  await station.check.ended(1);
  await station.check.expectLoaded(sample);
  await station.check.expectInvariants();
});

test("two on two folders of one database: the same bytes are loaded once, and both files are gone", async () => {
  const other = join(station.dir, "other");
  await mkdir(other);
  const second = new TestDaemon({ dir: other, env: { DATABASE_URL: station.url } });
  try {
    await Promise.all([station.start(), second.ready()]);
    for (let n = 0; n < 20; n++) {
      const { bytes } = packageOf(n);
      await Promise.all([station.dir, other].map((dir) => drop(dir, `package-${n}`, bytes)));
    }
    const files = await station.check.ended(40, 60_000);
    expect(files.filter(({ status }) => status === "complete")).toHaveLength(20);
    for (let n = 0; n < 20; n++) await station.check.expectLoaded(packageOf(n));
    await station.check.expectInvariants();
    for (const dir of [station.dir, other]) {
      await expect
        .poll(() => filesIn(dir), { timeout: 10_000 })
        .toMatchObject({ ingest: [], processing: [], failed: [] });
    }
  } finally {
    await second.stop();
  }
}, 90_000);
