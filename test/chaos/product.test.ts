// The built daemon has no fault points that do anything: what arms them in tests is no part of it, and no variable
// makes it stumble.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { LedgerCheck } from "../support/ledger-check.ts";
import { samplePackage } from "../support/sample-package.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { createTestDatabase } from "../support/test-database.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
let folder: TemporaryFolder;
const built = (): string => join(folder.path, "dist");

beforeAll(async () => {
  folder = await makeTemporaryFolder("downlink-product-");
  const tsc = join(repository, "node_modules/.bin/tsc");
  const into = ["--outDir", built(), "--incremental", "false", "--tsBuildInfoFile", "null"];
  await promisify(execFile)(tsc, ["-p", "tsconfig.build.json", ...into], { cwd: repository });
  for (const name of ["package.json", "node_modules", "drizzle"]) {
    await symlink(join(repository, name), join(folder.path, name));
  }
});
afterAll(() => folder?.remove());

test("FAULTS=after_claim:kill9:1 is not heard: the package is loaded", async () => {
  const database = await createTestDatabase();
  const check = new LedgerCheck(database.url);
  const sample = samplePackage({ lines: 100, badEvery: 10, seed: 1 });
  await drop(folder.path, "package", sample.bytes);
  const daemon = spawn(process.execPath, [join(built(), "main.js")], {
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: database.url,
      DOWNLINK_FILES_DIR: join(folder.path, "files"),
      DOWNLINK_DATA_DIR: join(folder.path, ".data"),
      DOWNLINK_ALLOW_UNSAFE_DATABASE: "true",
      DOWNLINK_HTTP_PORT: "off",
      FAULTS: "after_claim:kill9:1,before_commit:throw:1",
    },
    stdio: "ignore",
  });
  try {
    await check.ended(1);
    await check.expectLoaded(sample);
    daemon.kill("SIGTERM");
    expect(await once(daemon, "exit")).toEqual([0, null]);
  } finally {
    daemon.kill("SIGKILL");
    await check.end();
    await database.drop();
  }
});

test("nothing that arms faults is in the built daemon", async () => {
  const names = await readdir(built(), { recursive: true });
  const programs = names.filter((name) => name.endsWith(".js"));
  expect(programs).toContain("observability/fault-points.js");
  for (const name of programs) {
    const text = await readFile(join(built(), name), "utf8");
    expect(text, name).not.toMatch(/armedFaults|chosenFaults|FAULTS|kill9|SIGSTOP|drop_connection/);
  }
});
