// The command `doctor`: beside a daemon all is well, and what is amiss is said with what to do.
import { once } from "node:events";
import { chmod, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { checkHttp } from "../../src/cli/doctor/http.ts";
import { readConfig } from "../../src/config.ts";
import { createMigratedDatabase } from "../support/migrated-database.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { downlink } from "./command-line.ts";

let station: Station;
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await makeTemporaryFolder();
  station = await openStation();
  await station.start({ env: { DOWNLINK_HTTP_PORT: "0" } });
});
afterAll(async () => {
  await station.close();
  await folder.remove();
});

/** The tests' server does without fsync. */
const environment = () => ({
  DATABASE_URL: station.url,
  DOWNLINK_FILES_DIR: join(station.dir, "files"),
  DOWNLINK_DATA_DIR: join(station.dir, ".data"),
  DOWNLINK_HTTP_PORT: "0",
  DOWNLINK_ALLOW_UNSAFE_DATABASE: "true",
});

async function findings(change: NodeJS.ProcessEnv = {}) {
  const env: NodeJS.ProcessEnv = { ...environment(), ...change };
  const { exitCode, stdout } = await downlink(["doctor", "--json"], env);
  const answer: { ok: boolean; findings: Finding[] } = JSON.parse(stdout);
  expect(exitCode).toBe(answer.ok ? 0 : 1);
  return (name: string) => answer.findings.find((finding) => finding.name === name);
}

test("beside a daemon nothing is wrong, and nothing is left behind", async () => {
  const contents = () => readdir(join(station.dir, "files"), { recursive: true });
  const before = await contents();
  const { exitCode, stdout, stderr } = await downlink(["doctor"], environment());
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^ok +folders +.*tried by a rename/m);
  expect(stdout).toMatch(/^ok +database +PostgreSQL \d+\.\d+, .* 1 daemon connected$/m);
  expect(stdout).toMatch(/^ok +schema +up to date \(\d{4}_\w+\)$/m);
  expect(stdout).toMatch(/\n(All is well|Nothing wrong, \d warnings?)\.\n$/);
  expect((await contents()).sort()).toEqual(before.sort());
});

test("a wrong variable is a finding, and nothing more can be looked at", async () => {
  const found = await findings({ DOWNLINK_SETTLE_MS: "soon" });
  expect(found("variables")).toMatchObject({
    verdict: "wrong",
    found: expect.stringContaining("DOWNLINK_SETTLE_MS"),
  });
  expect(found("the rest")).toMatchObject({ verdict: "not checked" });
});

test("an open address without a token is refused before the daemon does so", async () => {
  const found = await findings({ DOWNLINK_HTTP_HOST: "0.0.0.0" });
  expect(found("variables")).toMatchObject({ verdict: "wrong" });
  const token = await findings({
    DOWNLINK_HTTP_HOST: "0.0.0.0",
    DOWNLINK_API_TOKEN: "x".repeat(32),
  });
  expect(token("variables")).toMatchObject({ verdict: "ok" });
});

test("the daemon answers at its address", async () => {
  expect(await checkHttp(readConfig(environment()))).toMatchObject({
    verdict: "ok",
    found: expect.stringMatching(/^a daemon answers at http:\/\/127\.0\.0\.1:\d+, up /),
  });
});

test("a port that another program has is wrong, and one that nobody has is not", async () => {
  const other = createServer((socket) => {
    socket.on("error", () => {}).resume();
    socket.end("not HTTP\n");
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const config = readConfig({ ...environment(), DOWNLINK_HTTP_PORT: port });
  const url = `http://127.0.0.1:${port}`;
  expect(await checkHttp(config)).toMatchObject({
    verdict: "wrong",
    found: `another program listens at ${url}`,
  });
  other.close();
  await once(other, "close");
  expect(await checkHttp(config)).toMatchObject({
    verdict: "ok",
    found: `nobody listens at ${url} yet`,
  });
});

test("unsafe settings are wrong where they were not allowed", async () => {
  const { url, run, drop } = await createMigratedDatabase();
  await run("ALTER TABLE telemetry SET UNLOGGED");
  const found = await findings({ DATABASE_URL: url, DOWNLINK_ALLOW_UNSAFE_DATABASE: "false" });
  expect(found("settings")).toMatchObject({
    verdict: "wrong",
    found: expect.stringContaining("table telemetry is unlogged"),
  });
  const allowed = await findings({ DATABASE_URL: url });
  expect(allowed("settings")).toMatchObject({ verdict: "warning" });
  await drop();
});

test("a database that cannot be reached is wrong, and its password not shown", async () => {
  const url = new URL(station.url);
  url.port = "1";
  url.password = "hush";
  const found = await findings({ DATABASE_URL: url.href });
  expect(found("database")?.verdict).toBe("wrong");
  expect(JSON.stringify(found("database"))).not.toContain("hush");
});

test("an embedded server that does not run is not wrong: it runs with the daemon", async () => {
  const found = await findings({
    DATABASE_URL: undefined,
    DOWNLINK_DATA_DIR: join(folder.path, ".data"),
  });
  expect(found("database")).toMatchObject({ verdict: "not checked" });
});

test("folders that are missing are made by the start, if their parent is there", async () => {
  const made = await findings({ DOWNLINK_FILES_DIR: join(folder.path, "files") });
  expect(made("folders")).toMatchObject({ verdict: "ok" });
  const none = await findings({ DOWNLINK_FILES_DIR: join(folder.path, "no", "files") });
  expect(none("folders")).toMatchObject({
    verdict: "wrong",
    advice: `Make ${join(folder.path, "no")}, or set DOWNLINK_FILES_DIR.`,
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test("a folder that is a link is told in the words of the start", async () => {
  const files = join(folder.path, "linked");
  for (const name of ["ingest", "failed"]) await mkdir(join(files, name), { recursive: true });
  await symlink(join(files, "ingest"), join(files, "processing"));
  const found = await findings({ DOWNLINK_FILES_DIR: files });
  expect(found("folders")).toMatchObject({
    verdict: "wrong",
    found: expect.stringContaining("must be a folder, not a link"),
  });
  await rm(files, { recursive: true });
});

test("an inbox that everybody may write to is a warning", async () => {
  const files = join(folder.path, "open");
  for (const name of ["ingest", "failed", "processing"]) {
    await mkdir(join(files, name), { recursive: true });
  }
  await chmod(join(files, "ingest"), 0o777);
  const found = await findings({ DOWNLINK_FILES_DIR: files });
  expect(found("inbox")).toMatchObject({ verdict: "warning" });
});
