// The command `retry`: a package that failed is sent again, and the running daemon takes it up under its old id.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { until } from "../support/until.ts";
import { downlink } from "./command-line.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
  await station.start();
});
afterAll(() => station.close());

const run = (...args: string[]) =>
  downlink(["retry", ...args], {
    DATABASE_URL: station.url,
    DOWNLINK_FILES_DIR: join(station.dir, "files"),
  });

/** A package that has failed. @returns its id */
async function fail(name: string, bytes: string): Promise<number> {
  const before = (await station.check.files().catch(() => [])).length;
  await drop(station.dir, name, bytes);
  const id = (await station.check.ended(before + 1)).at(-1)?.id ?? 0;
  const failed = join(station.dir, "files", "failed");
  await until("its file in failed/", async () => (await readdir(failed)).includes(`${id}-${name}`));
  return id;
}

test("its file goes through the inbox into the same row, and what was loaded is not loaded again", async () => {
  const sample = samplePackage({ lines: 50, seed: 7 });
  const before = (await station.check.files().catch(() => [])).length;
  await drop(station.dir, "given-up.ndjson", sample.bytes);
  const id = (await station.check.ended(before + 1)).at(-1)?.id;
  await atRest(station.dir);
  // As if it had been given up behind its rows: its file is kept, its checkpoint at the end.
  await station.check.query(
    "UPDATE files SET status = 'failed', completed_at = NULL, error = 'given up' WHERE id = $1",
    [id],
  );
  const kept = join(station.dir, "files", "failed", `${id}-given-up.ndjson`);
  await writeFile(kept, sample.bytes);
  const { exitCode, stdout, stderr } = await run(String(id));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe(
    `Package ${id} is in the inbox again: ${join(station.dir, "files", "ingest", "given-up.ndjson")}\nThe daemon takes it up, from line 52 on.\n`,
  );
  await until("its end", async () =>
    (await station.check.files()).some((file) => file.id === id && file.status === "complete"),
  );
  await station.check.expectLoaded(sample);
  expect(await readdir(join(station.dir, "files", "failed"))).toEqual([]);
});

test("one that fails again is in failed/ again, once", async () => {
  const id = await fail("wrong.ndjson", "no header\n");
  const { stdout } = await run("--json", String(id));
  const path = join(station.dir, "files", "ingest", "wrong.ndjson");
  expect(JSON.parse(stdout)).toEqual({ id, path });
  await until("its second end", async () => {
    const [row] = await station.check.query<{ status: string; owner_epoch: number }>(
      "SELECT status, owner_epoch FROM files WHERE id = $1",
      [id],
    );
    return row?.status === "failed" && row.owner_epoch >= 2;
  });
  const failed = join(station.dir, "files", "failed");
  await until("its file", async () => (await readdir(failed)).length === 1);
  expect(await readdir(failed)).toEqual([`${id}-wrong.ndjson`]);
});

test.each([
  ["that is complete", "complete", /is complete: only a failed one can be sent again/],
  ["whose file is gone", "failed", /is not at .*: drop it into the inbox/],
])("one %s is refused with what to do", async (_, status, words) => {
  const sha256 = `none ${status}`;
  const [row] = await station.check.query<{ id: string }>(
    "INSERT INTO files (name, sha256, size_bytes, status) VALUES ('gone', $1, 1, $2) RETURNING id",
    [sha256, status],
  );
  const { exitCode, stdout, stderr } = await run(String(row?.id));
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(words);
});

test("a name that means no good is shown escaped", async () => {
  const id = await fail("\u001b[31mevil", "no header either\n");
  const { exitCode, stdout } = await run(String(id));
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toContain("\\u001b[31mevil");
});

test("one that there is not is an error", async () => {
  expect(await run("999")).toMatchObject({
    exitCode: 1,
    stderr: "downlink: there is no package 999\n",
  });
});
