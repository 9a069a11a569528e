// Where a daemon runs: as PID 1, under any time zone, language and umask, without __proto__, as root, with its log cut off.
import { chmod, lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isRoot } from "../folders/unprivileged.ts";
import { TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { after, asRootOfItsOwn, canUnshare } from "../support/surroundings.ts";
import { until } from "../support/until.ts";

let station: Station;
beforeEach(async () => {
  station = await openStation();
});
afterEach(() => station.close());

const samples = (["jackal_mk1", "jackal_mk2"] as const).map((satelliteType, seed) =>
  samplePackage({ satelliteType, lines: 60, badEvery: 7, seed }),
);

/** Loads a package of each type, one that is refused, and one whose lines try the prototype. */
async function expectAllIsWell(): Promise<void> {
  for (const [at, { bytes }] of samples.entries()) await drop(station.dir, `good-${at}`, bytes);
  await drop(station.dir, "refused", '{"satellite_type":"__proto__"}');
  const line = '{"__proto__":{"velocity":1},"constructor":{"prototype":{"velocity":1}}}';
  await drop(station.dir, "bad", `{"satellite_type":"jackal_mk1","__proto__":{"x":1}}\n${line}`);
  await station.check.ended(samples.length + 2);
  for (const sample of samples) await station.check.expectLoaded(sample);
  const [bad] = await station.check.query(
    "SELECT errors::int, header::text FROM files WHERE name = 'bad'",
  );
  expect(bad).toEqual({ errors: 1, header: expect.stringContaining('"__proto__": {"x": 1}') });
  await station.check.expectInvariants();
}

test("P30, S18: far from UTC, in another language, without __proto__ it loads the same", async () => {
  const daemon = await station.start({
    env: { TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8" },
    nodeOptions: ["--disable-proto=delete"],
  });
  await expectAllIsWell();
  expect(await daemon.stop()).toBe(0);
});

test.runIf(canUnshare)("P31: as PID 1 it hears signals", async () => {
  const under = [...asRootOfItsOwn, "--pid", "--fork", "--kill-child"];
  const daemon = await station.start({ under });
  const { pid } = daemon.process;
  expect(daemon.log.at(-1)).toMatchObject({ pid: 1 });
  const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ");
  process.kill(Number(child), "SIGTERM");
  expect(await daemon.exited).toBe(0);
  expect(daemon.log.at(-1)).toMatchObject({ msg: "stopped" });
});

test("P28: who reads its log may go away", async () => {
  const daemon = await station.start();
  daemon.process.stdout?.destroy();
  daemon.process.stderr?.destroy();
  await expectAllIsWell();
  expect(await daemon.stop()).toBe(0);
});

/** Files and folders with more rights than 0640 and 0750, but for packages, which keep their writer's. */
async function tooOpen(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink() || /(good-|refused|bad)/.test(entry.name)) continue;
    const { mode } = await lstat(path);
    // As root the server runs as another account, which has to pass through.
    const allowed = entry.isDirectory() ? (isRoot ? 0o751 : 0o750) : 0o640;
    if ((mode & 0o777 & ~allowed) !== 0) found.push(`${path} ${(mode & 0o777).toString(8)}`);
  }
  return found;
}

const isClaim = (name: string): boolean => /^\d+$/.test(name);

test("S11: whatever the umask, files are 0640 and folders 0750 at most", async () => {
  const dir = join(station.dir, "own");
  await mkdir(dir);
  const env = { DOWNLINK_ON_COMPLETE: "archive", DOWNLINK_HTTP_PORT: "0" };
  const daemon = new TestDaemon({ dir, env, under: after("umask 0") });
  try {
    await daemon.ready();
    for (const [at, { bytes }] of samples.entries()) await drop(dir, `good-${at}`, bytes);
    await daemon.logged("package complete", samples.length);
    const claims = join(dir, "files", "processing");
    await until("the end of the claims", async () => !(await readdir(claims)).some(isClaim));
    expect(await tooOpen(dir)).toEqual([]);
  } finally {
    await daemon.stop();
  }
  expect(await tooOpen(dir)).toEqual([]);
});

const rootWarning =
  "running as root on an inbox that everybody may write to: use an account of its own";
test.runIf(isRoot)("S22: as root on an inbox that is open to all it warns, once", async () => {
  const first = await station.start();
  expect(await first.stop()).toBe(0);
  expect(first.log.map(({ msg }) => msg)).not.toContain(rootWarning);
  const ingest = join(station.dir, "files", "ingest");
  await chmod(ingest, 0o777);
  const second = await station.start();
  const warnings = second.log.filter(({ msg }) => msg === rootWarning);
  expect(warnings).toMatchObject([{ level: 40, ingest }]);
});
