// The one line that each package has in the log.
import { expect, test } from "vitest";
import { Events, type Happening } from "../../src/observability/events.ts";
import { logPackages } from "../../src/observability/package-log.ts";
import { logLines } from "./log-lines.ts";

const fileId = 7;
const name = "x.json";
const figures = { fileId, name, satelliteType: "jackal_mk1", sizeBytes: 900 };
const none = { totalLines: 0, importedLines: 0, errors: 0 };
const ended = { kind: "package_ended", outcome: "complete", ...figures } as const;
const batch = { kind: "batch_committed", fileId, bytes: 450, seconds: 0.25 } as const;

const claimed: readonly Happening[] = [
  { kind: "package_claimed", fileId, name, sizeBytes: 900 },
  { kind: "package_step", fileId, step: "settle", seconds: 0.3 },
  { kind: "package_step", fileId, step: "claim", seconds: 0.0104 },
  { kind: "package_step", fileId, step: "hash", seconds: 0.02 },
];

/** The lines that such a sequence of events leaves in the log. */
function linesOf(happenings: readonly Happening[]) {
  const { log, lines } = logLines();
  const events = new Events(log);
  logPackages(events, log);
  for (const happening of happenings) events.publish(happening);
  return lines;
}

test("a loaded package: sizes, counts, reasons, the seconds of each stage, rows per second, attempts", () => {
  const lines = linesOf([
    ...claimed,
    { kind: "package_started", ...figures, ...none, offset: 0 },
    { ...batch, rows: 40, rejected: 10, reasons: { out_of_range: 9, too_deep: 1 } },
    { ...batch, rows: 48, rejected: 2, reasons: { out_of_range: 2 } },
    { ...ended, totalLines: 100, importedLines: 88, errors: 12, seconds: 0.6254 },
  ]);
  expect(lines).toEqual([
    {
      level: 30,
      time: expect.any(String),
      pid: process.pid,
      msg: "package complete",
      ...figures,
      totalLines: 100,
      importedLines: 88,
      errors: 12,
      reasons: { out_of_range: 11, too_deep: 1 },
      attempts: 1,
      batches: 2,
      rowsPerSecond: 160,
      seconds: 0.625,
      stages: {
        settle: 0.3,
        claim: 0.01,
        hash: 0.02,
        load: 0.625,
        commit: 0.5,
        total: expect.any(Number),
      },
    },
  ]);
});

test("a refused package: the reason and where it lies, as a warning", () => {
  const failed = {
    outcome: "failed",
    error: "unknown type",
    keptAt: "/f/failed/7-x.json",
  } as const;
  const lines = linesOf([...claimed, { ...ended, ...none, ...failed, seconds: 0 }]);
  expect(lines).toMatchObject([
    {
      level: 40,
      msg: "package failed",
      fileId,
      name,
      error: "unknown type",
      keptAt: "/f/failed/7-x.json",
      stages: { settle: 0.3, hash: 0.02 },
    },
  ]);
  expect(lines[0]).not.toHaveProperty("rowsPerSecond");
});

test("a failed package whose file is gone is an error: nobody can send it again", () => {
  const gone = { outcome: "failed", error: "the file is gone" } as const;
  expect(linesOf([{ ...ended, ...none, ...gone, seconds: 0 }])).toMatchObject([
    { level: 50, msg: "package failed", error: "the file is gone" },
  ]);
});

test("a duplicate names the package whose bytes it has", () => {
  const duplicate = { outcome: "duplicate", duplicateOf: 3 } as const;
  expect(linesOf([...claimed, { ...ended, ...none, ...duplicate, seconds: 0 }])).toMatchObject([
    { level: 30, msg: "package is a duplicate, nothing was imported", fileId, duplicateOf: 3 },
  ]);
});

test("several runs: attempts are counted, and the rate is that of the last one", () => {
  const [line] = linesOf([
    { kind: "package_started", ...figures, ...none, offset: 0 },
    { ...batch, rows: 60, rejected: 0, reasons: {} },
    { kind: "package_started", ...figures, ...none, totalLines: 60, importedLines: 60, offset: 9 },
    { ...batch, rows: 40, rejected: 0, reasons: {} },
    { ...ended, totalLines: 100, importedLines: 100, errors: 0, seconds: 2 },
  ]);
  expect(line).toMatchObject({ attempts: 2, batches: 2, rowsPerSecond: 20, totalLines: 100 });
});

test("reasons are left out when an earlier life has rejected some of the lines", () => {
  const [line] = linesOf([
    { kind: "package_started", ...figures, totalLines: 9, importedLines: 4, errors: 5, offset: 1 },
    { ...batch, rows: 0, rejected: 1, reasons: { too_deep: 1 } },
    { ...ended, totalLines: 10, importedLines: 4, errors: 6, seconds: 1 },
  ]);
  expect(line).toMatchObject({ errors: 6 });
  expect(line).not.toHaveProperty("reasons");
});

test("a claim that turns out to be an earlier package brings its stages along", () => {
  const [line] = linesOf([
    ...claimed,
    { kind: "package_known", claimId: fileId, fileId: 2, name },
    { ...ended, ...none, fileId: 2, seconds: 0 },
  ]);
  expect(line).toMatchObject({ fileId: 2, stages: { hash: 0.02, total: expect.any(Number) } });
});
