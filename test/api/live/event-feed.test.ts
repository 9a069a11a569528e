// What onlookers are told: at most four times a second of each package, rejected lines in one sum, and all that is held
// back before the end.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Onlookers } from "../../../src/api/live/onlookers.ts";
import type { Event } from "../../../src/api/schemas/events.ts";
import { Events } from "../../../src/observability/events.ts";
import { capturedLog } from "../../support/captured-log.ts";

let events: Events;
let onlookers: Onlookers;
let told: Event[];

beforeEach(() => {
  vi.useFakeTimers();
  events = new Events(capturedLog().log);
  onlookers = new Onlookers(events, 0);
  told = [];
  onlookers.feed.subscribe(({ event }) => void told.push(event));
});
afterEach(() => void vi.useRealTimers());

const figures = { fileId: 7, name: "p", satelliteType: "jackal_mk1", sizeBytes: 1_000 };
const counts = { totalLines: 0, importedLines: 0, errors: 0 };
const started = { kind: "package_started", ...figures, ...counts, offset: 0 } as const;
const moved = (importedLines: number) =>
  events.publish({
    ...started,
    kind: "package_progress",
    offset: importedLines,
    totalLines: importedLines,
    importedLines,
  });
const rejected = (reasons: Readonly<Record<string, number>>) =>
  events.publish({
    kind: "batch_committed",
    fileId: 7,
    rows: 1,
    rejected: 1,
    bytes: 1,
    seconds: 0.1,
    reasons,
  });
const ended = () =>
  events.publish({ ...figures, ...counts, kind: "package_ended", outcome: "complete", seconds: 2 });
const kinds = () => told.map(({ kind }) => kind);

describe("progress", () => {
  test("is told at most four times a second, the newest state each time", () => {
    events.publish(started);
    for (let ms = 0; ms < 2_000; ms += 10) {
      moved(ms / 10 + 1);
      vi.advanceTimersByTime(10);
    }
    const progress = told.filter((event) => event.kind === "package_progress");
    expect(progress.length).toBeGreaterThanOrEqual(8);
    expect(progress.length).toBeLessThanOrEqual(9); // Two seconds, both ends included.
    expect(progress.at(-1)).toMatchObject({ fileId: 7, importedLines: 200, share: 0.2 });
  });

  test("of one package does not hold back that of another", () => {
    events.publish(started);
    events.publish({ ...started, fileId: 8 });
    expect(told.map((event) => "fileId" in event && event.fileId)).toEqual([7, 8]);
  });

  test("is not told after the end", () => {
    events.publish(started);
    moved(1);
    ended();
    vi.advanceTimersByTime(10_000);
    expect(kinds()).toEqual(["package_progress", "package_complete"]);
  });
});

describe("rejected lines", () => {
  test("are summed up for a second, by reason", () => {
    events.publish(started);
    rejected({ wrong_type: 2 });
    rejected({ wrong_type: 1, invalid_json: 4 });
    rejected({});
    expect(kinds()).toEqual(["package_progress"]);
    vi.advanceTimersByTime(1_000);
    expect(told.at(-1)).toMatchObject({
      kind: "lines_rejected",
      name: "p",
      count: 7,
      reasons: { wrong_type: 3, invalid_json: 4 },
    });
  });

  test("that were not told yet are told before the package's end", () => {
    events.publish(started);
    rejected({ wrong_type: 2 });
    ended();
    expect(kinds()).toEqual(["package_progress", "lines_rejected", "package_complete"]);
  });
});

test("rejected lines of a package that is released before its end are told with its name", () => {
  events.publish(started);
  rejected({ wrong_type: 2 });
  events.publish({ kind: "package_released", fileId: 7 });
  expect(told.at(-1)).toMatchObject({ kind: "lines_rejected", name: "p", count: 2 });
});

describe("a reader that comes back", () => {
  const restarted = (reason: string) =>
    events.publish({ kind: "component_restarted", component: "intake", reason });

  test("gets what it has missed", () => {
    restarted("1");
    const seen = onlookers.feed.newest;
    restarted("2");
    restarted("3");
    const missed = onlookers.feed.after(seen) ?? [];
    expect(missed.map(({ event }) => "reason" in event && event.reason)).toEqual(["2", "3"]);
    expect(onlookers.feed.after(onlookers.feed.newest)).toEqual([]);
  });

  test("is told if that is too much, or from another life, or nonsense", () => {
    const seen = onlookers.feed.newest;
    for (let n = 0; n < 3_000; n++) restarted(String(n));
    expect(onlookers.feed.after(seen)).toBeUndefined();
    const other = new Onlookers(events, 0);
    expect(onlookers.feed.after(other.feed.newest)).toBeUndefined();
    for (const id of ["", "7", "x-y", `${onlookers.feed.newest}0`]) {
      expect(onlookers.feed.after(id)).toBeUndefined();
    }
  });
});

test("a released claim is no longer in work, and its parts are told as one state", () => {
  events.publish({ kind: "package_claimed", fileId: 7, name: "p", sizeBytes: 1_000 });
  expect(onlookers.board.all()).toMatchObject([{ fileId: 7, state: "claimed", share: 0 }]);
  events.publish({ kind: "package_known", claimId: 7, fileId: 3, name: "p" });
  events.publish({ ...started, fileId: 3 });
  expect(onlookers.board.all()).toMatchObject([{ fileId: 3, state: "loading" }]);
  events.publish({ kind: "package_released", fileId: 3 });
  expect(onlookers.board.all()).toEqual([]);
});

test("the throttle and the inbox are as they were last told to be", () => {
  expect([onlookers.throttle.rowsPerSecond, onlookers.inboxFiles]).toEqual([null, null]);
  const throttle = { rowsPerSecond: 500, pauseMs: 3, reason: "ceiling" };
  events.publish({ kind: "throttle_changed", ...throttle });
  events.publish({ kind: "inbox_changed", files: 12 });
  expect(onlookers.throttle).toEqual(throttle);
  expect(onlookers.inboxFiles).toBe(12);
});
