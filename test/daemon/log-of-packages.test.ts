// What a person reads of packages in the log: one line for each, and its id in every line that is about it.
import { afterEach, expect, test } from "vitest";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";

let daemon: DaemonInProcess;

afterEach(() => daemon.close());

/** What was logged since, but for the name under which a package was still being written. */
function since(linesBefore: number) {
  const lines = daemon.logged.lines.slice(linesBefore);
  return lines.filter(({ name }) => !String(name).endsWith(".part"));
}

test("a package with many rejected lines has exactly one line in the log", async () => {
  daemon = await startDaemonInProcess({ DOWNLINK_BATCH_ROWS: "500" });
  const linesBefore = daemon.logged.lines.length;
  const sample = samplePackage({ lines: 3_000, badEvery: 2, seed: 1 });
  await drop(daemon.dir, "mostly-bad.json", sample.bytes);
  const [row] = await daemon.check.ended(1);
  await daemon.close();
  const lines = since(linesBefore);
  expect(lines).toMatchObject([
    {
      msg: "package complete",
      fileId: row?.id,
      sizeBytes: sample.bytes.length,
      totalLines: 3_000,
      errors: 1_500,
      reasons: { out_of_range: 1_500 },
      attempts: 1,
    },
  ]);
});

test("a refused package has one line, with the reason and the place of its file", async () => {
  daemon = await startDaemonInProcess();
  await drop(daemon.dir, "no-type.json", "{}\n");
  const [row] = await daemon.check.ended(1);
  await expect.poll(() => daemon.logged.said("package failed")).toHaveLength(1);
  const [line] = daemon.logged.said("package failed");
  expect(line).toMatchObject({
    level: 40,
    fileId: row?.id,
    error: row?.error,
    keptAt: `${daemon.dir}/files/failed/${row?.id}-no-type.json`,
  });
});

test("every line about a package carries its file id, also those of its supervisors", async () => {
  const crash = (): never => {
    throw new Error("out of luck");
  };
  const faults = faultsAt({ before_begin: first(crash, 6), before_unlink: first(crash) });
  daemon = await startDaemonInProcess({ DOWNLINK_BATCH_ROWS: "10" }, faults);
  const linesBefore = daemon.logged.lines.length;
  await drop(daemon.dir, "unlucky.json", samplePackage({ lines: 8, seed: 2 }).bytes);
  const [row] = await daemon.check.ended(1);
  await daemon.close();
  const lines = since(linesBefore);
  expect(lines.length).toBeGreaterThan(6);
  expect(lines.filter(({ fileId }) => fileId !== row?.id)).toEqual([]);
});
