// How a daemon ends: by signals, by what a person must set right, by its own failure.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

let station: Station;
beforeEach(async () => {
  station = await openStation();
});
afterEach(() => station.close());

describe("a signal", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s in mid-package: exit 0 within 10 s, and the next start finishes the package",
    async (signal) => {
      const sample = samplePackage({ lines: 600, badEvery: 50, seed: 1 });
      const slow = { DOWNLINK_BATCH_ROWS: "50", DOWNLINK_MAX_ROWS_PER_SECOND: "200" };
      const first = await station.start({ env: slow });
      await drop(station.dir, "package", sample.bytes);
      await first.until("a first batch", async () => {
        const [row] = await station.check.files();
        return row !== undefined && row.imported_lines > 0;
      });
      const askedAtMs = performance.now();
      expect(await first.stop(signal)).toBe(0);
      expect(performance.now() - askedAtMs).toBeLessThan(10_000);
      expect(await station.check.files()).toMatchObject([{ status: "processing" }]);
      await station.check.expectInvariants();

      await station.start();
      await station.check.ended(1);
      await station.check.expectLoaded(sample);
    },
  );

  test("a second one: exit 130 at once, and nothing is lost", async () => {
    const sample = samplePackage({ lines: 300, seed: 2 });
    const first = await station.start({ faults: "before_commit:hang:1" });
    await drop(station.dir, "package", sample.bytes);
    await first.until("a transaction in hand", async () => {
      const [row] = await station.check.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'downlink file%'",
      );
      return row !== undefined;
    });
    first.process.kill("SIGTERM");
    await first.logged("stopping");
    expect(await first.stop("SIGTERM")).toBe(130);

    await station.start();
    await station.check.ended(1);
    await station.check.expectLoaded(sample);
  });

  test("Ctrl-C under npm, which hands it on, is one: exit 0", async () => {
    const command = 'exec script -qefc "$(printf "%s " "$@")" /dev/null'; // Gives it a terminal.
    const daemon = await station.start({ under: ["/bin/sh", "-c", command, "sh"] });
    const pid = Number(daemon.log.at(-1)?.["pid"]);
    process.kill(pid, "SIGINT");
    await daemon.logged("stopping");
    try {
      process.kill(pid, "SIGINT");
    } catch {
      // It has ended by now, which is as good.
    }
    expect(await daemon.exited).toBe(0);
  });

  test("a part that hangs is given up: exit 0 within 10 s", async () => {
    const first = await station.start({ faults: "before_commit:hang:1" });
    await drop(station.dir, "package", samplePackage({ lines: 10, seed: 3 }).bytes);
    await first.until("a transaction in hand", async () => {
      const [row] = await station.check.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'downlink file%'",
      );
      return row !== undefined;
    });
    const askedAtMs = performance.now();
    expect(await first.stop()).toBe(0);
    expect(performance.now() - askedAtMs).toBeLessThan(10_000);
  });
});

describe("exit 2 with one line that says what to set right", () => {
  const refused = async (env: Record<string, string>) => {
    const daemon = new TestDaemon({ dir: station.dir, env: { DATABASE_URL: station.url, ...env } });
    expect(await daemon.exited).toBe(2);
    expect(daemon.stderr.trim().split("\n")).toHaveLength(1);
    return daemon.stderr;
  };

  test("a variable", async () => {
    expect(await refused({ DOWNLINK_SETTLE_MS: "soon" })).toMatch(/DOWNLINK_SETTLE_MS.*"soon".*ms/);
    expect(await refused({ DOWNLINK_SETLE_MS: "1" })).toMatch(/DOWNLINK_SETLE_MS/);
  });

  test("a database that may lose what it has committed", async () => {
    expect(await refused({ DOWNLINK_ALLOW_UNSAFE_DATABASE: "false" })).toMatch(
      /fsync is off.*DOWNLINK_ALLOW_UNSAFE/,
    );
  });

  test("a folder without its parent", async () => {
    expect(await refused({ DOWNLINK_FILES_DIR: "/nowhere/files" })).toMatch(/\/nowhere\/files/);
  });

  test("a folder that is a file", async () => {
    await mkdir(join(station.dir, "files"));
    await writeFile(join(station.dir, "files", "processing"), "");
    expect(await refused({})).toMatch(/processing/);
  });
});

describe("its own failure", () => {
  test("an unhandled rejection stops the root and exits 1, with the cause in the log", async () => {
    const daemon = await station.start({ faults: "after_stat:reject:1" });
    await drop(station.dir, "package", samplePackage({ lines: 5, seed: 4 }).bytes);
    expect(await daemon.exited).toBe(1);
    expect(JSON.stringify(daemon.log)).toContain("fault at after_stat");
    expect(daemon.log.at(-1)).toMatchObject({ msg: "stopped" });
  });

  test("a root that gives up exits 1", async () => {
    const crashes = [1, 2, 3, 4].map((nth) => `after_stat:throw:${nth}`).join(",");
    const daemon = await station.start({ faults: crashes });
    await drop(station.dir, "package", samplePackage({ lines: 5, seed: 5 }).bytes);
    expect(await daemon.exited).toBe(1);
    expect(daemon.log.map(({ msg }) => msg)).toContain(
      "too many restarts, the supervisor gives up",
    );
  });

  test("a crash within the budget is healed, and the package is loaded", async () => {
    const sample = samplePackage({ lines: 500, seed: 6 });
    await station.start({
      env: { DOWNLINK_BATCH_ROWS: "100" },
      faults: "after_copy:throw:2,worker_mid_chunk:throw:1,after_stat:throw:1",
    });
    await drop(station.dir, "package", sample.bytes);
    await station.check.ended(1);
    await station.check.expectLoaded(sample);
  });
});

test("ready is said once, whatever the log level, without the password", async () => {
  const daemon = await station.start({ env: { DOWNLINK_LOG_LEVEL: "silent" } });
  expect(await daemon.stop()).toBe(0);
  expect(daemon.log).toHaveLength(1);
  const [ready] = daemon.log;
  expect(ready).toMatchObject({
    msg: "ready",
    ingestDir: join(station.dir, "files", "ingest"),
    http: null,
  });
  expect(new URL(String(ready?.["database"])).password).toBe("");
});
