// The command `simulate` as a process.
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageChunks } from "../../src/cli/simulate/package.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { downlink, start } from "./command-line.ts";

let root: TemporaryFolder;
let inbox: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  root = await makeTemporaryFolder();
  inbox = join(root.path, "files", "ingest");
  environment = { DOWNLINK_FILES_DIR: join(root.path, "files") };
  await mkdir(inbox, { recursive: true });
});
afterAll(() => root.remove());

const mk1 = ["simulate", "--satellite", "jackal_mk1"];

test("a package lies in the inbox, and its path is printed", async () => {
  const outcome = await downlink([...mk1, "--lines", "1000"], environment);
  const path = join(inbox, "jackal_mk1-20200102T000000Z-seed1-1000.ndjson");
  expect(outcome).toEqual({ exitCode: 0, signal: null, stdout: `${path}\n`, stderr: "" });
  const options = { satelliteType: jackalMk1, lines: 1_000, seed: 1, badShare: 0 };
  expect(await readFile(path)).toEqual(Buffer.concat([...packageChunks(options)]));
});

test("with bad lines it says how many; --out needs no inbox", async () => {
  const out = join(root.path, "some.json");
  const args = [...mk1, "--lines", "1000", "--seed", "9", "--bad", ".01", "--out", out];
  const { stdout, exitCode } = await downlink(args, { DOWNLINK_FILES_DIR: "/nowhere" });
  expect(stdout).toBe(`${out}\n990 good and 10 bad lines\n`);
  expect(exitCode).toBe(0);
  expect((await readFile(out, "latin1")).split("\n").length).toBe(1_002);
});

test("as JSON too", async () => {
  const out = join(root.path, "json.ndjson");
  const args = [...mk1, "--lines", "100", "--bad", "0.1", "--out", out, "--json"];
  const { stdout } = await downlink(args, {});
  expect(JSON.parse(stdout)).toEqual({ path: out, good: 90, bad: 10 });
});

test("interrupted, it leaves nothing and ends as by the signal", async () => {
  const folder = join(root.path, "interrupted");
  await mkdir(folder);
  const args = [...mk1, "--lines", "2000000000", "--out", join(folder, "endless")];
  const { child, outcome } = start(args, environment);
  await expect.poll(() => readdir(folder), { timeout: 20_000 }).toEqual(["endless.part"]);
  child.kill("SIGINT");
  expect(await outcome).toMatchObject({ signal: "SIGINT", stdout: "" });
  expect(await readdir(folder)).toEqual([]);
});

describe("what cannot be done is one line and exit code 1", () => {
  test.each([
    [
      "no inbox",
      { DOWNLINK_FILES_DIR: "/nowhere" },
      [],
      /no inbox \/nowhere\/ingest: start the daemon once/,
    ],
    ["no folder", {}, ["--out", "/nowhere/file"], /no folder \/nowhere: make it first/],
    ["a folder in the way", {}, ["--out", "/tmp"], /\/tmp is there and is not a file/],
    ["no right or no such device", {}, ["--out", "/proc/x"], /\/proc/],
  ])("%s", async (_, variables, more, words) => {
    const { exitCode, stdout, stderr } = await downlink(
      [...mk1, "--lines", "1", ...more],
      variables,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^downlink: [^\n]+\n$/);
  });

  test("a .part of another one, and a link, are left as they are", async () => {
    const folder = join(root.path, "taken");
    await mkdir(folder);
    await writeFile(join(folder, "a.part"), "theirs");
    await symlink("a.part", join(folder, "link"));
    for (const [name, words] of [
      ["a", "another simulate"],
      ["link", "not a file"],
    ] as const) {
      const outcome = await downlink([...mk1, "--lines", "1", "--out", join(folder, name)]);
      expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(words) });
    }
    expect((await readdir(folder)).sort()).toEqual(["a.part", "link"]);
  });
});
