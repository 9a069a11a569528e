// The command `rejects`, on what a daemon has rejected: shown safely, counted whole, exported byte for byte.
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { goodLine } from "../support/package-fixture.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { until } from "../support/until.ts";
import { downlink, start } from "./command-line.ts";

const header = '{"satellite_type":"jackal_mk1","station":"x"}';
const evil = Buffer.concat([
  Buffer.from('{"\u001b[2J\u202e":"'),
  Buffer.from([0xff, 0xc3]),
  Buffer.from("é"),
]);
/** Longer than what is fetched of a line at first. */
const long = `{"${"long ".repeat(10_000)}`;
const bad = [Buffer.from(goodLine({ latitude: 91 })), evil, Buffer.from(long), Buffer.from("[1]")];

let station: Station;
let out: string;
beforeAll(async () => {
  station = await openStation();
  await station.start({ env: { DOWNLINK_MAX_REJECTS_STORED: "4" } });
  out = join(station.dir, "out");
  await mkdir(out);
  const lines = [header, goodLine(), ...bad, "beyond the cap"].map((line) => Buffer.from(line));
  await drop(
    station.dir,
    "a.ndjson",
    Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])),
  );
  await station.check.ended(1);
  await drop(station.dir, "good.ndjson", `${header}\n${goodLine()}\n`);
  await drop(station.dir, "refused.ndjson", "no header");
  await station.check.ended(3);
});
afterAll(() => station.close());

const environment = () => ({ DATABASE_URL: station.url });
const run = (...args: string[]) => downlink(["rejects", ...args], environment());

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

async function idOf(name: string): Promise<string> {
  const found = (await station.check.files()).find((file) => file.name === name);
  return String(found?.id);
}

test("lines are shown with place and reason, and do nothing to the terminal", async () => {
  const { exitCode, stdout, stderr } = await run("1");
  expect(exitCode).toBe(0);
  expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(stdout).toContain('{"\\u001b[2J\\u202e":"\\xff\\xc3é');
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).slice(0, 3));
  expect(rows.slice(0, 3)).toEqual([
    ["line", "byte", "reason"],
    ["3", "203", "out_of_range"],
    ["4", "356", "invalid_utf8"],
  ]);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  expect(stderr).toBe(
    "downlink: 1 of 5 rejected lines are not stored (DOWNLINK_MAX_REJECTS_STORED); the package lies in archive/\n",
  );
});

test("by reason, and page by page", async () => {
  const lines = async (...args: string[]) => {
    const found: { line: number }[] = JSON.parse((await run("1", "--json", ...args)).stdout);
    return found.map(({ line }) => line);
  };
  expect(await lines()).toEqual([3, 4, 5, 6]);
  expect(await lines("--reason", "not_an_object")).toEqual([6]);
  expect(await lines("--limit", "2", "--after", "3")).toEqual([4, 5]);
  expect((await run("1", "--limit", "2")).stderr).toContain("there are more: --after 4");
});

test("JSON has the bytes of a line, whatever they are", async () => {
  const found: { raw: string; reason: string }[] = JSON.parse((await run("1", "--json")).stdout);
  expect(found.map(({ raw }) => Buffer.from(raw, "base64"))).toEqual(bad);
  expect(found[0]).toMatchObject({ reason: "out_of_range", detail: "latitude", byte_offset: 203 });
});

test("an export holds the lines byte for byte, and is a package with its header", async () => {
  const path = join(out, "lines");
  const { exitCode, stdout } = await run("1", "--export", path);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `4 lines written to ${path}\n` });
  const bytes = Buffer.concat(bad.flatMap((line) => [line, Buffer.from("\n")]));
  expect((await readFile(path)).equals(bytes)).toBe(true);
  const whole = join(out, "package");
  await run("1", "--export", whole, "--header", "--reason", "not_an_object");
  const [first = "", ...rest] = (await readFile(whole, "utf8")).split("\n");
  expect(JSON.parse(first)).toEqual(JSON.parse(header));
  expect(rest).toEqual(["[1]", ""]);
});

test("an export overwrites nothing", async () => {
  const path = join(out, "mine");
  await writeFile(path, "mine");
  const { exitCode, stderr } = await run("1", "--export", path);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("is there already");
  expect(await readFile(path, "utf8")).toBe("mine");
});

test("interrupted, an export leaves nothing and ends as by the signal", async () => {
  const [file] = await station.check.query<{ id: string }>(
    `INSERT INTO files (name, status, error, sha256, size_bytes, total_lines, errors)
     VALUES ('endless.ndjson', 'failed', 'given up', 'none', 1, 100000, 100000) RETURNING id`,
  );
  await station.check.query(
    `INSERT INTO rejected_lines (file_id, line, byte_offset, reason, raw, rejected_at)
     SELECT $1, n, n, 'invalid_json', '{', now() FROM generate_series(2, 100001) AS n`,
    [file?.id],
  );
  const path = join(out, "endless");
  const { child, outcome } = start(["rejects", String(file?.id), "--export", path], environment());
  await until("the first lines", async () => (await sizeOf(path)) > 0, 20_000);
  child.kill("SIGINT");
  expect(await outcome).toMatchObject({ signal: "SIGINT", stdout: "" });
  expect(await readdir(out)).not.toContain("endless");
});

test("a package without rejected lines says so; one that there is not is an error", async () => {
  const good = await idOf("good.ndjson");
  expect((await run(good)).stdout).toBe(`No line of package ${good} was rejected.\n`);
  expect((await run("1", "--after", "6")).stdout).toContain("No stored line of package 1");
  expect(await run("999")).toMatchObject({
    exitCode: 1,
    stderr: "downlink: there is no package 999\n",
  });
});

test("a package that was refused by its header has none to export", async () => {
  const id = await idOf("refused.ndjson");
  const before = await readdir(out);
  const { exitCode, stderr } = await run(id, "--export", join(out, "none"), "--header");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("has no header");
  expect(await readdir(out)).toEqual(before);
});

test("a package that is not complete is not said to lie in the archive", async () => {
  await station.check.query(
    "UPDATE files SET status = 'failed', error = 'given up', completed_at = NULL WHERE id = 1",
  );
  expect((await run("1")).stderr).toBe(
    "downlink: 1 of 5 rejected lines are not stored (DOWNLINK_MAX_REJECTS_STORED)\n",
  );
});
