// The command `file`: the story of packages that a daemon has loaded, refused and recognised.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { downlink } from "./command-line.ts";

let station: Station;
const sample = samplePackage({ lines: 100, badEvery: 10, seed: 1 });
beforeAll(async () => {
  station = await openStation();
  await station.start();
  await drop(station.dir, "a.ndjson", sample.bytes);
  await station.check.ended(1);
  await drop(station.dir, "again.ndjson", sample.bytes);
  await station.check.ended(2);
  await drop(station.dir, "\u001b[31mno.ndjson", '{"satellite_type":"other"}\n');
  await station.check.ended(3);
});
afterAll(() => station.close());

const run = (...args: string[]) =>
  downlink(["file", ...args], {
    DATABASE_URL: station.url,
    DOWNLINK_FILES_DIR: join(station.dir, "files"),
  });

async function idOf(status: string): Promise<string> {
  return String((await station.check.files()).find((file) => file.status === status)?.id);
}

test("a complete package: its lines, reasons, times, and what became of its file", async () => {
  const { exitCode, stdout, stderr } = await run(await idOf("complete"));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const line of [
    /^Package \d+ {2}a\.ndjson$/m,
    /^ {2}status {5}complete$/m,
    /^ {2}lines {6}100: 90 imported, 10 rejected$/m,
    /^ {2}rejected {3}10 {2}out_of_range {3}\(npx downlink rejects \d+\)$/m,
    /^ {2}data time {2}2023-12-27 \d\d:\d\d:\d\d\.\d{6} to 2023-12-27 \d\d:\d\d:\d\d\.\d{6} UTC$/m,
    /^ {2}steps {6}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}claimed \(.*\)$/m,
    /^ {13}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}complete after [\d.]+ s \(.*\)$/m,
    /^ {2}runs {7}1$/m,
    /^ {2}file {7}deleted, as it is in the database$/m,
    /^ {2}copies {5}the same bytes came 1 more time: package \d+$/m,
  ]) {
    expect(stdout).toMatch(line);
  }
});

test("a duplicate names the package with the same bytes", async () => {
  const { stdout } = await run(await idOf("duplicate"));
  const original = await idOf("complete");
  expect(stdout).toContain(`duplicate: package ${original} has the same bytes`);
});

test("a failed package says why, and where its file lies as long as it does", async () => {
  const id = await idOf("failed");
  const { stdout } = await run(id);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toContain('failed: satellite_type "other" is unknown');
  const path = join(station.dir, "files", "failed", `${id}-\u001b[31mno.ndjson`);
  expect(stdout.replaceAll(/\n +/g, "")).toContain(path.replace("\u001b", "\\u001b"));
  expect(JSON.parse((await run(id, "--json")).stdout).place).toEqual({ folder: "failed", path });
  await rm(path);
  expect((await run(id)).stdout).toContain("not in failed/: somebody has taken it away");
});

test("JSON has the columns of the table, and the counts", async () => {
  const record = JSON.parse((await run(await idOf("complete"), "--json")).stdout);
  expect(record).toMatchObject({
    name: "a.ndjson",
    sha256: sample.sha256,
    status: "complete",
    total_lines: 100,
    imported_lines: 90,
    errors: 10,
    owner_epoch: 1,
    header: { satellite_type: "jackal_mk1" },
    rejects_by_reason: { out_of_range: 10 },
    duplicates: [Number(await idOf("duplicate"))],
    place: null,
  });
  expect(record.completed_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test("a package that there is not is an error, and what is no id is wrong use", async () => {
  expect(await run("999")).toMatchObject({
    exitCode: 1,
    stderr: "downlink: there is no package 999\n",
  });
  expect(await run("a.ndjson")).toMatchObject({ exitCode: 2 });
});
