// kill -9 of the daemon and of its embedded server at each step of a package, then a start: the same rows and the
// same counts as without it. One cluster for all cases, each with packages of its own.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesIn, TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { LedgerCheck } from "../support/ledger-check.ts";
import { samplePackage } from "../support/sample-package.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

let folder: TemporaryFolder;
let databasePort = 0;
const env = { DOWNLINK_BATCH_ROWS: "100" };

beforeAll(async () => {
  folder = await makeTemporaryFolder("downlink-killed-");
  const daemon = new TestDaemon({ dir: folder.path, env });
  await daemon.ready();
  databasePort = Number((await daemon.logged("embedded server started"))["port"]);
  expect(await daemon.stop()).toBe(0);
});

afterAll(async () => {
  await folder.remove();
});

const refused = '{"satellite_type":"unknown_mk9"}\n{}\n';

test.each([
  ["2 claimed", "after_claim:kill9:1"],
  ["3 hashed", "after_hash:kill9:1"],
  ["3 entered into the ledger", "after_ledger_insert:kill9:1"],
  ["4 owned", "after_epoch:kill9:1"],
  ["5 header read", "after_header:kill9:1"],
  ["6 first batch half copied", "mid_copy:kill9:1"],
  ["6 second batch about to commit", "before_commit:kill9:2"],
  ["7 second batch's COMMIT sent", "commit_sent:kill9:2"],
  ["6 second batch committed", "after_commit:kill9:2"],
  ["8 last batch about to commit", "before_last_commit:kill9:1"],
  ["8 complete, not yet removed", "before_unlink:kill9:1"],
  ["9 removed", "after_unlink:kill9:1"],
  ["10 failed, not yet set aside", "before_failed_move:kill9:1"],
  ["10 failed and set aside", "after_failed_move:kill9:1"],
])("kill -9 at step %s", async (_step, faults) => {
  const dir = folder.path;
  const seed = nextSeed++;
  const sample = samplePackage({ lines: 250, badEvery: 20, seed });
  const isRefusal = faults.includes("failed_move");
  const first = new TestDaemon({
    dir,
    env: { ...env, DOWNLINK_DATABASE_PORT: String(databasePort) },
    faults,
  });
  await first.ready();
  const bad = `${refused}${seed}`;
  await drop(dir, `package-${seed}`, isRefusal ? bad : sample.bytes);
  expect(await first.exited).toBe("SIGKILL");
  await killServer(dir);

  const second = new TestDaemon({ dir, env });
  const check = new LedgerCheck(String(await urlOf(second, dir)));
  try {
    await second.ready();
    await check.ended(seed);
    if (!isRefusal) await check.expectLoaded(sample);
    await check.expectInvariants();
    const { ingest, processing, failed } = await second.until("an empty processing/", async () => {
      const found = await filesIn(dir);
      return found["processing"]?.length === 0 && found;
    });
    expect({ ingest, processing }).toEqual({ ingest: [], processing: [] });
    expect(failed).toHaveLength(isRefusal ? ++refusals : refusals);
  } finally {
    await check.end();
    expect(await second.stop()).toBe(0);
  }
});

let nextSeed = 1;
let refusals = 0;

async function urlOf(daemon: TestDaemon, dir: string): Promise<URL> {
  const line = await daemon.logged("ready");
  const url = new URL(String(line["database"]));
  url.password = (await readFile(join(dir, ".data", "postgres", "password"), "utf8")).trim();
  return url;
}

/** The server's processes end with their first one, all at once. */
async function killServer(dir: string): Promise<void> {
  const pidFile = join(dir, ".data", "postgres", "data-18", "postmaster.pid");
  const [pid] = (await readFile(pidFile, "utf8")).split("\n");
  process.kill(Number(pid), "SIGKILL");
}
