// What the daemon tells of its packages while it loads them: each step once, in order, with the figures of the ledger.
import { afterEach, expect, test } from "vitest";
import type { DaemonEvent } from "../../src/observability/events.ts";
import { faultsAt, first } from "../support/chosen-faults.ts";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";

let daemon: DaemonInProcess;

afterEach(() => daemon.close());

/** Told beside the loading itself. */
const beside: ReadonlySet<string> = new Set(["package_step", "package_released", "inbox_changed"]);

/** Drops a package and waits for its end. @returns what was told of its loading */
async function load(name: string, bytes: Uint8Array | string): Promise<readonly DaemonEvent[]> {
  const from = daemon.heard.length;
  await drop(daemon.dir, name, bytes);
  return until(`the end of ${name}`, () => {
    const told = daemon.heard.slice(from);
    const isOver = told.some(({ kind }) => kind === "package_ended");
    return isOver && told.filter(({ kind }) => !beside.has(kind));
  });
}

function fileIdOf(told: readonly DaemonEvent[]): number | undefined {
  return told.find((event) => event.kind === "package_claimed")?.fileId;
}

const kinds = (told: readonly DaemonEvent[]): string[] => told.map(({ kind }) => kind);

test("of a complete package each commit is told, and the end has the sums", async () => {
  daemon = await startDaemonInProcess({ DOWNLINK_BATCH_ROWS: "60" });
  const sample = samplePackage({ lines: 100, badEvery: 20, seed: 1 });
  const told = await load("good.json", sample.bytes);
  expect(kinds(told)).toEqual([
    "package_claimed",
    "package_started",
    "batch_committed",
    "package_progress",
    "batch_committed",
    "package_progress",
    "package_ended",
  ]);
  const sizeBytes = sample.bytes.length;
  const [row] = await daemon.check.files();
  const common = { fileId: row?.id, name: "good.json", satelliteType: "jackal_mk1", sizeBytes };
  const loaded = { ...common, totalLines: 100, importedLines: 95, errors: 5 };
  expect(told[0]).toMatchObject({ fileId: row?.id, name: "good.json", sizeBytes });
  expect(told[1]).toMatchObject({ ...common, offset: 0, totalLines: 0, importedLines: 0 });
  expect(told[2]).toMatchObject({ rows: 57, rejected: 3, reasons: { out_of_range: 3 } });
  expect(told[3]).toMatchObject({ ...common, totalLines: 60, importedLines: 57, errors: 3 });
  expect(told[4]).toMatchObject({ rows: 38, rejected: 2, reasons: { out_of_range: 2 } });
  expect(told[5]).toMatchObject({ ...loaded, offset: sizeBytes });
  expect(told[6]).toMatchObject({ ...loaded, outcome: "complete", seconds: expect.any(Number) });
  const batches = told.filter((event) => event.kind === "batch_committed");
  expect(batches.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(sizeBytes);
  expect(batches.every(({ seconds }) => seconds > 0)).toBe(true);
});

test("a refused package ends as failed with the reason, and the same bytes again as a duplicate", async () => {
  daemon = await startDaemonInProcess();
  const refused = await load("no-type.json", "{}\n");
  expect(kinds(refused)).toEqual(["package_claimed", "package_ended"]);
  const [row] = await daemon.check.files();
  expect(refused[1]).toMatchObject({
    outcome: "failed",
    fileId: row?.id,
    satelliteType: null,
    totalLines: 0,
    error: row?.error,
  });

  const { bytes } = samplePackage({ lines: 3, seed: 2 });
  const original = await load("once.json", bytes);
  const again = await load("again.json", bytes);
  expect(kinds(again)).toEqual(["package_claimed", "package_ended"]);
  expect(again[1]).toMatchObject({
    outcome: "duplicate",
    name: "again.json",
    satelliteType: "jackal_mk1",
    importedLines: 0,
    duplicateOf: fileIdOf(original),
  });
});

test("each step before the loading is told once, with its seconds, and a failed package sent again as known", async () => {
  daemon = await startDaemonInProcess();
  const isStep = (event: DaemonEvent) => event.kind === "package_step";
  const [claim] = await load("no-type.json", "{}\n");
  const steps = daemon.heard.filter(isStep);
  const fileId = claim?.kind === "package_claimed" ? claim.fileId : undefined;
  expect(steps).toMatchObject([
    { fileId, step: "settle" },
    { fileId, step: "claim" },
    { fileId, step: "hash" },
  ]);
  expect(steps[0]?.seconds).toBeGreaterThanOrEqual(0.05);
  expect(steps.every(({ seconds }) => seconds >= 0 && seconds < 30)).toBe(true);
  const again = await load("again.json", "{}\n");
  const claimId = fileIdOf(again);
  expect(claimId).not.toBe(fileId);
  expect(again).toMatchObject([
    { kind: "package_claimed", fileId: claimId },
    { kind: "package_known", claimId, fileId, name: "again.json" },
    { kind: "package_ended", outcome: "failed", fileId, name: "again.json" },
  ]);
});

test("a package that starts again goes on from its checkpoint, and ends once", async () => {
  const crash = (): never => {
    throw new Error("out of luck");
  };
  let batches = 0;
  const faults = faultsAt({ before_checkpoint: () => (++batches === 2 ? crash() : undefined) });
  daemon = await startDaemonInProcess({ DOWNLINK_BATCH_ROWS: "10" }, faults);
  const told = await load("restarted.json", samplePackage({ lines: 15, seed: 3 }).bytes);
  const fileId = fileIdOf(told);
  expect(told.filter(({ kind }) => kind !== "batch_committed")).toMatchObject([
    { kind: "package_claimed" },
    { kind: "package_started", totalLines: 0, offset: 0 },
    { kind: "package_progress", totalLines: 10 },
    { kind: "component_restarted", component: `data-persister:${fileId}`, reason: "out of luck" },
    { kind: "package_started", totalLines: 10 },
    { kind: "package_progress", totalLines: 15 },
    { kind: "package_ended", outcome: "complete", totalLines: 15, importedLines: 15 },
  ]);
});

test("a crash behind the last commit makes no second end", async () => {
  const crash = first(() => {
    throw new Error("out of luck");
  });
  daemon = await startDaemonInProcess({}, faultsAt({ after_complete: crash }));
  await load("whole.json", samplePackage({ lines: 2, seed: 4 }).bytes);
  await until("the restart", () => kinds(daemon.heard).includes("component_restarted"));
  await load("another.json", samplePackage({ lines: 2, seed: 5 }).bytes);
  const ends = daemon.heard.filter((event) => event.kind === "package_ended");
  expect(ends.map(({ name }) => name)).toEqual(["whole.json", "another.json"]);
});

test("what was claimed is released, whatever became of it", async () => {
  daemon = await startDaemonInProcess();
  const { bytes } = samplePackage({ lines: 3, seed: 6 });
  for (const content of [bytes, bytes, "{}\n", "{}\n"]) await load("x.json", content);
  const idsOf = (wanted: string) =>
    daemon.heard.flatMap((event) =>
      event.kind === wanted && "fileId" in event ? [event.fileId] : [],
    );
  await until("the last release", () => idsOf("package_released").length === 5);
  expect(new Set(idsOf("package_released"))).toEqual(new Set(idsOf("package_claimed")));
});

test("the states of the database are told as they change", async () => {
  daemon = await startDaemonInProcess();
  await daemon.close();
  const states = daemon.heard.flatMap((event) =>
    event.kind === "database_changed" ? [event.state] : [],
  );
  expect(states).toEqual(["connecting", "ready", "stopped"]);
});
