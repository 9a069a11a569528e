// The entry of a package is not yet on the disk when its loading begins. A server that crashes then has never heard of
// it: the file is found as a claim, and entered anew.
import { afterEach, expect, test } from "vitest";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";

let daemon: DaemonInProcess;

afterEach(() => daemon.close());

test.each(["after_ledger_insert", "before_checkpoint"] as const)(
  "a package whose entry is lost %s is loaded once, under a new entry",
  async (point) => {
    const loseEntry = first(() => daemon.check.query("DELETE FROM files").then(() => {}));
    daemon = await startDaemonInProcess({}, faultsAt({ [point]: loseEntry }));
    const sample = samplePackage({ lines: 20, seed: 1 });
    await drop(daemon.dir, "lost.json", sample.bytes);
    const files = await until("its end", async () => {
      const rows = await daemon.check.files();
      return rows.some(({ status }) => status === "complete") && rows;
    });
    expect(files).toMatchObject([{ name: "lost.json", status: "complete", imported_lines: 20 }]);
    expect(await daemon.check.query("SELECT count(*)::int AS rows FROM telemetry")).toMatchObject([
      { rows: 20 },
    ]);
  },
);
