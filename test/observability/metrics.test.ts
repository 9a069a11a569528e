// What is counted of which event, and how it is told to Prometheus.
import { expect, test } from "vitest";
import { Events, type Happening } from "../../src/observability/events.ts";
import { metricsOf } from "../../src/observability/metrics.ts";
import type { Reading } from "../../src/observability/prometheus.ts";
import { parsePrometheus, sampleOf } from "../support/prometheus-text.ts";
import { logLines } from "./log-lines.ts";

const sets = {
  rejectionReasons: ["too_deep", "out_of_range"],
  components: ["database", "file-reader"],
};

function start(readings: readonly Reading[] = []) {
  const events = new Events(logLines().log);
  const expose = metricsOf({ events, readings, ...sets });
  const families = async () => parsePrometheus((await expose()).text);
  return {
    tell: (...happenings: Happening[]) => {
      for (const happening of happenings) events.publish(happening);
    },
    expose,
    families,
    value: async (name: string, labels?: Readonly<Record<string, string>>) =>
      sampleOf(await families(), name, labels),
  };
}

const figures = { fileId: 1, name: "x", satelliteType: null, sizeBytes: 9 };
const counts = { totalLines: 0, importedLines: 0, errors: 0 };
const ended = { kind: "package_ended", ...figures, ...counts, seconds: 0 } as const;
const batch = { kind: "batch_committed", fileId: 1, rows: 3, bytes: 70, seconds: 0.2 } as const;

test("names have the prefix and a unit, every family its help, and the content type its version", async () => {
  const { expose, families } = start();
  expect((await expose()).contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  for (const { name, help, type } of (await families()).values()) {
    expect(name).toMatch(/^(downlink|process|nodejs)_[a-z0-9_]+$/);
    expect(help, name).not.toBe("");
    expect(name.endsWith("_total"), name).toBe(type === "COUNTER");
  }
});

test("every series of a label is there before anything happens, so that its first increase is seen", async () => {
  const { families } = start();
  const found = await families();
  const valuesOf = (name: string, label: string) =>
    found.get(name)?.samples.map(({ labels, value }) => [labels[label], value]);
  expect(valuesOf("downlink_packages_total", "outcome")).toEqual([
    ["complete", 0],
    ["failed", 0],
    ["duplicate", 0],
    ["other", 0],
  ]);
  expect(valuesOf("downlink_lines_rejected_total", "reason")).toEqual([
    ["too_deep", 0],
    ["out_of_range", 0],
    ["other", 0],
  ]);
  expect(valuesOf("downlink_package_stage_seconds", "stage")?.map(([stage]) => stage)).toEqual([
    "settle",
    "claim",
    "hash",
    "load",
    "commit",
    "total",
  ]);
});

test("packages are counted by outcome, and their stages as far as they were seen", async () => {
  const { tell, value } = start();
  tell(
    { kind: "package_claimed", fileId: 1, name: "x", sizeBytes: 9 },
    { kind: "package_step", fileId: 1, step: "settle", seconds: 0.3 },
    { ...ended, outcome: "duplicate", duplicateOf: 7 },
    { ...ended, outcome: "complete" },
  );
  expect(await value("downlink_packages_claimed_total")).toBe(1);
  expect(await value("downlink_packages_total", { outcome: "duplicate" })).toBe(1);
  expect(await value("downlink_packages_total", { outcome: "complete" })).toBe(1);
  expect(await value("downlink_package_stage_seconds", { stage: "settle" })).toBe(1);
  expect(await value("downlink_package_stage_seconds", { stage: "load" })).toBe(0);
});

test("lines, bytes and seconds are those of commits", async () => {
  const { tell, value } = start();
  tell({ ...batch, rejected: 2, reasons: { too_deep: 2 } }, { ...batch, rejected: 0, reasons: {} });
  expect(await value("downlink_lines_imported_total")).toBe(6);
  expect(await value("downlink_lines_rejected_total", { reason: "too_deep" })).toBe(2);
  expect(await value("downlink_package_bytes_total")).toBe(140);
  expect(await value("downlink_commit_seconds")).toBe(2);
  expect(await value("downlink_rows_per_second")).toBeCloseTo(0.6);
});

test("what is not in the set of a label is counted as other, and makes no series", async () => {
  const { tell, families, value } = start();
  const before = (await families()).get("downlink_lines_rejected_total")?.samples.length;
  tell({ ...batch, rejected: 5, reasons: { 'x\n"y': 5 } });
  tell({ kind: "component_restarted", component: "new-part", reason: "" });
  expect(await value("downlink_lines_rejected_total", { reason: "other" })).toBe(5);
  expect(await value("downlink_component_restarts_total", { component: "other" })).toBe(1);
  expect((await families()).get("downlink_lines_rejected_total")?.samples.length).toBe(before);
});

test("restarts are counted by kind of component, not by package", async () => {
  const { tell, value } = start();
  for (const component of ["file-reader:17", "file-reader:18", "database"]) {
    tell({ kind: "component_restarted", component, reason: "out of luck" });
  }
  expect(await value("downlink_component_restarts_total", { component: "file-reader" })).toBe(2);
  expect(await value("downlink_component_restarts_total", { component: "database" })).toBe(1);
});

test("the database is in one state at a time", async () => {
  const { tell, families } = start();
  const states = async () =>
    (await families())
      .get("downlink_database_state")
      ?.samples.flatMap(({ labels, value }) => (value === 1 ? [labels["state"]] : []));
  tell({ kind: "database_changed", state: "ready" });
  expect(await states()).toEqual(["ready"]);
  tell({ kind: "database_changed", state: "away" });
  expect(await states()).toEqual(["away"]);
});

test("a reading that fails is left out, and the others are told; it comes back when it can be read", async () => {
  let isThere = false;
  const read = () => {
    if (!isThere) throw new Error("between two lives");
    return 5;
  };
  const { families, value } = start([
    { name: "downlink_one", help: "One.", read },
    { name: "downlink_many", help: "Many.", label: "of", read: async () => ({ a: 1, b: 2 }) },
  ]);
  expect((await families()).get("downlink_one")?.samples ?? []).toEqual([]);
  expect(await value("downlink_many", { of: "b" })).toBe(2);
  isThere = true;
  expect(await value("downlink_one")).toBe(5);
});

test("scrapes at the same time are answered alike", async () => {
  const { families } = start([
    { name: "downlink_many", help: "Many.", label: "of", read: async () => ({ a: 1, b: 2 }) },
  ]);
  const all = await Promise.all(Array.from({ length: 5 }, families));
  for (const one of all) expect(one.get("downlink_many")?.samples).toHaveLength(2);
});
