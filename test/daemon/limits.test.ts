// A daemon to which the system refuses what it mostly has: descriptors, watches, room for its log. It becomes slower or
// quieter, and loads its packages all the same.
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { type SamplePackage, samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { after, asRootOfItsOwn, canUnshare } from "../support/surroundings.ts";

let station: Station;
beforeEach(async () => {
  station = await openStation();
});
afterEach(() => station.close());

async function dropMany(count: number): Promise<SamplePackage[]> {
  const samples = Array.from({ length: count }, (_, seed) => samplePackage({ lines: 3, seed }));
  for (const [at, { bytes }] of samples.entries()) await drop(station.dir, `package-${at}`, bytes);
  return samples;
}

async function expectAllLoaded(samples: readonly SamplePackage[]): Promise<void> {
  const files = await station.check.ended(samples.length, 60_000);
  expect(files.map(({ status }) => status)).toEqual(samples.map(() => "complete"));
  await station.check.expectInvariants();
}

const told = (daemon: TestDaemon, message: string) =>
  daemon.log.filter(({ msg }) => msg === message).length;

test("F29, EMFILE: without a free descriptor packages wait, and are loaded when there are some", async () => {
  const daemon = await station.start();
  const { pid } = daemon.process;
  const limit = (most: number) => execFileSync("prlimit", ["--pid", `${pid}`, `--nofile=${most}:`]);
  limit(4); // Now, since the modules of the program alone take more than forty at once.
  const samples = await dropMany(30);
  await daemon.until("a descriptor missed", async () => daemon.stdout.includes("EMFILE"));
  limit(60);
  await expectAllLoaded(samples);
  expect(daemon.stdout.match(/EMFILE/g)?.length).toBeLessThan(30); // Told, and not for each try.
  expect(await daemon.stop()).toBe(0);
});

const noEvents = "no file system events, packages are found by scans alone";
test.runIf(canUnshare).each([["watches"], ["instances"]])(
  "F32: without any inotify %s packages are found by the scans, and that is told once",
  async (what) => {
    const limit = `echo 0 > /proc/sys/user/max_inotify_${what}`;
    const daemon = await station.start({ under: [...asRootOfItsOwn, ...after(limit)] });
    await expectAllLoaded(await dropMany(5));
    expect(told(daemon, noEvents)).toBe(1);
  },
);

test("P28: a log that cannot be written ends nothing, and a signal still ends the daemon", async () => {
  const env = { DATABASE_URL: station.url };
  const daemon = new TestDaemon({ dir: station.dir, env, under: after("exec >/dev/full") });
  onTestFinished(() => void daemon.process.kill("SIGKILL"));
  await expectAllLoaded(await dropMany(5));
  expect(await daemon.stop()).toBe(0);
});
