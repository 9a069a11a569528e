// The metrics of a daemon at work agree with what its database says.
import { afterEach, expect, test } from "vitest";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { parsePrometheus, sampleOf } from "../support/prometheus-text.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";

let daemon: DaemonInProcess;

afterEach(() => daemon.close());

test("after loads, a refusal and a duplicate the counters are the sums of the tables", async () => {
  daemon = await startDaemonInProcess({ DOWNLINK_BATCH_ROWS: "300" });
  const { bytes } = samplePackage({ lines: 1_000, badEvery: 9, seed: 1 });
  const mk2 = samplePackage({ satelliteType: "jackal_mk2", lines: 400, badEvery: 7, seed: 2 });
  await drop(daemon.dir, "one.json", bytes);
  await daemon.check.ended(1);
  await drop(daemon.dir, "one-again.json", bytes);
  await drop(daemon.dir, "two.json", mk2.bytes);
  await drop(daemon.dir, "none.json", "{}\n");
  await daemon.check.ended(4);
  const isEnd = ({ kind }: { kind: string }) => kind === "package_ended";
  await until("the last end", () => daemon.heard.filter(isEnd).length === 4);

  const families = parsePrometheus(await daemon.scrape());
  const value = (name: string, labels?: Record<string, string>) => sampleOf(families, name, labels);
  const statuses = await daemon.check.query<{ status: string; count: number }>(
    "SELECT status, count(*)::int FROM files GROUP BY status",
  );
  expect(statuses).toHaveLength(3);
  for (const { status, count } of statuses) {
    expect(value("downlink_packages_total", { outcome: status }), status).toBe(count);
  }
  const [sums] = await daemon.check.query<{ rows: number; bytes: number }>(
    `SELECT (SELECT count(*)::int FROM telemetry) AS rows,
            (SELECT sum(size_bytes)::int FROM files WHERE status = 'complete') AS bytes`,
  );
  expect(value("downlink_lines_imported_total")).toBe(sums?.rows);
  expect(value("downlink_package_bytes_total")).toBe(sums?.bytes);
  const reasons = await daemon.check.query<{ reason: string; count: number }>(
    "SELECT reason, count(*)::int FROM rejected_lines GROUP BY reason",
  );
  for (const { reason, count } of reasons) {
    expect(value("downlink_lines_rejected_total", { reason }), reason).toBe(count);
  }
  const rejected = families.get("downlink_lines_rejected_total")?.samples ?? [];
  const [errors] = await daemon.check.query<{ sum: number }>("SELECT sum(errors)::int FROM files");
  expect(rejected.reduce((sum, sample) => sum + sample.value, 0)).toBe(errors?.sum);
  expect(value("downlink_packages_claimed_total")).toBe(4);
  expect(value("downlink_package_stage_seconds", { stage: "hash" })).toBe(4);
  expect(value("downlink_package_stage_seconds", { stage: "load" })).toBe(2);
});

test("a daemon at rest: nothing waits, nothing is staged, and the disk has room", async () => {
  daemon = await startDaemonInProcess();
  await until("the first scan", () => daemon.heard.some(({ kind }) => kind === "inbox_changed"));
  const families = parsePrometheus(await daemon.scrape());
  const value = (name: string, labels?: Record<string, string>) => sampleOf(families, name, labels);
  expect(value("downlink_database_state", { state: "ready" })).toBe(1);
  const empty = ["inbox_files", "packages_loading", "staging_bytes", "package_idle_seconds"];
  for (const name of [...empty, "failed_files"]) expect(value(`downlink_${name}`), name).toBe(0);
  for (const queue of ["claim", "load", "commit"]) {
    expect(value("downlink_queue_length", { queue }), queue).toBe(0);
  }
  const free = value("downlink_disk_free_bytes", { folder: "packages" });
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(value("downlink_disk_size_bytes", { folder: "packages" }) ?? 0);
  expect(value("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0);
  expect(value("process_cpu_seconds_total")).toBeGreaterThan(0);
});

test("the throttle: what holds at this moment, and why", async () => {
  daemon = await startDaemonInProcess({
    DOWNLINK_MAX_ROWS_PER_SECOND: "5000",
    DOWNLINK_THROTTLE: "adaptive",
  });
  const value = async (name: string, labels?: Record<string, string>) =>
    sampleOf(parsePrometheus(await daemon.scrape()), `downlink_throttle_${name}`, labels);
  expect(await value("rows_per_second")).toBe(5_000);
  expect(await value("pause_seconds")).toBe(0);
  expect(await value("share")).toBe(1);
  expect(await value("reason", { reason: "free" })).toBe(1);
  expect(await value("reason", { reason: "busy" })).toBe(0);
  await daemon.check.query(
    "INSERT INTO settings (name, value) VALUES ('rows_per_second', '0'), ('adaptive', 'off'), ('pause_ms', '250')",
  );
  await until("the new settings", async () => (await value("pause_seconds")) === 0.25);
  expect(await value("rows_per_second")).toBe(Number.POSITIVE_INFINITY);
  expect(await value("reason", { reason: "off" })).toBe(1);
});

test("no name of a package stands in the metrics", async () => {
  daemon = await startDaemonInProcess();
  await drop(daemon.dir, "secret-name.json", samplePackage({ lines: 2, seed: 3 }).bytes);
  await daemon.check.ended(1);
  expect(await daemon.scrape()).not.toContain("secret-name");
});
