// A database of yesterday under the packages of today, as docs/operations.md has it restored: what it has is known by
// its bytes, what it lost comes in again, and no line is in twice. And one that was moved to another server.
import { copyFile, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { drop } from "../support/drop.ts";
import { LedgerCheck } from "../support/ledger-check.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

let station: Station;
let names: { readonly today: string; readonly yesterday: string };

beforeEach(async () => {
  station = await openStation();
  const today = new URL(station.url).pathname.slice(1);
  names = { today, yesterday: `${today}_yesterday` };
});

afterEach(async () => {
  await station.close();
  await asAdmin(`DROP DATABASE IF EXISTS ${names.yesterday} WITH (FORCE)`);
});

async function asAdmin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: inject("adminUrl") });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function backUp({ today, yesterday }: typeof names): Promise<void> {
  await asAdmin(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${today}'`,
    `CREATE DATABASE ${yesterday} TEMPLATE ${today}`,
  );
}

test("after a restore everything is sent again, and each line is there once", async () => {
  const env = { DOWNLINK_ON_COMPLETE: "archive" };
  const before = samplePackage({ lines: 50, badEvery: 10, seed: 1 });
  const after = samplePackage({ lines: 60, badEvery: 9, seed: 2 });
  const inWork = samplePackage({ lines: 9, seed: 3 });
  const first = await station.start({ env });
  await drop(station.dir, "before", before.bytes);
  await station.check.ended(1);
  await atRest(station.dir);
  await first.stop();
  await backUp(names);

  const second = await station.start({ env });
  await drop(station.dir, "after", after.bytes);
  await drop(station.dir, "refused", "{}\n");
  await station.check.ended(3);
  await atRest(station.dir);
  await second.stop();
  const files = join(station.dir, "files");
  await mkdir(join(files, "processing", "4"));
  await writeFile(join(files, "processing", "4", "in-work"), inWork.bytes);

  const url = new URL(station.url);
  url.pathname = names.yesterday;
  const check = new LedgerCheck(url.href);
  try {
    await check.query(
      "SELECT setval(pg_get_serial_sequence('files', 'id'), (SELECT coalesce(max(id), 0) FROM files) + 1000000)",
    );
    await bringBack(files);
    await station.start({ env: { ...env, DATABASE_URL: url.href } });
    const [known, ...fresh] = await check.ended(5);
    expect(known).toMatchObject({ name: "before", status: "complete" });
    const outcomes = fresh.map(({ name, status }) => `${name.replace(/^\d+-/, "")} ${status}`);
    expect(outcomes.sort()).toEqual([
      "after complete",
      "before duplicate",
      "in-work complete",
      "refused failed",
    ]);
    expect(fresh.every(({ id }) => id > 1_000_000)).toBe(true);
    for (const sample of [before, after, inWork]) await check.expectLoaded(sample);
    await check.expectInvariants();
  } finally {
    await check.end();
  }
  await atRest(station.dir);
});

test("a package in work goes on at its checkpoint in a database that was moved", async () => {
  const sample = samplePackage({ lines: 100, badEvery: 8, seed: 4 });
  const env = { DOWNLINK_BATCH_ROWS: "30" };
  const first = await station.start({ env, faults: "before_commit:kill9:3" });
  await drop(station.dir, "half", sample.bytes);
  expect(await first.exited).toBe("SIGKILL");
  await backUp(names);
  const url = new URL(station.url);
  url.pathname = names.yesterday;
  const check = new LedgerCheck(url.href);
  try {
    expect(await check.files()).toMatchObject([{ status: "processing", total_lines: 60 }]);
    await station.start({ env: { ...env, DATABASE_URL: url.href } });
    expect(await check.ended(1)).toMatchObject([{ name: "half", status: "complete" }]);
    await check.expectLoaded(sample);
    await check.expectInvariants();
  } finally {
    await check.end();
  }
  expect(await station.check.files()).toMatchObject([{ status: "processing", total_lines: 60 }]);
});

/** Steps 4 and 5 of the document: from processing/, failed/ and archive/ into the inbox. */
async function bringBack(files: string): Promise<void> {
  const inbox = join(files, "ingest");
  await rename(join(files, "processing", "4", "in-work"), join(inbox, "in-work"));
  for (const name of await readdir(join(files, "failed"))) {
    await rename(join(files, "failed", name), join(inbox, name));
  }
  for (const name of await readdir(join(files, "archive"))) {
    await copyFile(join(files, "archive", name), join(inbox, name));
  }
}
