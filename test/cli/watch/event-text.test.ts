// Which events a person is told, and how; and what is in work after them.
import { expect, test } from "vitest";
import type { Event } from "../../../src/api/schemas/events.ts";
import { eventOf } from "../../../src/cli/daemon/event-stream.ts";
import { Board } from "../../../src/cli/watch/board.ts";
import { eventLine } from "../../../src/cli/watch/event-text.ts";

const at = "2024-05-01T12:34:56.789000Z";
const figures = {
  at,
  fileId: 7,
  name: "a\u001b.ndjson",
  satelliteType: "jackal_mk1",
  sizeBytes: 1_000,
  totalLines: 1_000,
  importedLines: 990,
  errors: 10,
};
const pipe = { columns: 80, hasColours: false };

test.each<[Event, string | undefined]>([
  [
    { kind: "package_complete", ...figures, seconds: 2 },
    "12:34:56  package 7  a\\u001b.ndjson  complete: 1,000 lines, 10 rejected, 2.0 s, 495 rows/s",
  ],
  [
    { kind: "package_failed", ...figures, error: "no\nheader" },
    "12:34:56  package 7  a\\u001b.ndjson  failed: no\\u000aheader",
  ],
  [
    { kind: "package_duplicate", ...figures, duplicateOf: 3 },
    "12:34:56  package 7  a\\u001b.ndjson  duplicate of package 3",
  ],
  [
    { kind: "component_restarted", at, component: "intake", reason: "boom" },
    "12:34:56  intake was restarted: boom",
  ],
  [
    { kind: "throttle_changed", at, rowsPerSecond: 20_000, pauseMs: 50, reason: "as set" },
    "12:34:56  throttle: 20,000 rows/s, pause 50 ms (as set)",
  ],
  [{ kind: "database_changed", at, state: "away" }, "12:34:56  the database is away"],
  [
    { kind: "settings_changed", at, names: ["batch_rows"] },
    "12:34:56  settings changed: batch_rows",
  ],
  [{ kind: "package_claimed", at, fileId: 7, name: "a", sizeBytes: 1 }, undefined],
])("%j", (event, line) => {
  expect(eventLine(event, pipe)).toBe(line);
});

test("on a terminal a line is no wider than that", () => {
  const event: Event = { kind: "package_failed", ...figures, error: "many words ".repeat(20) };
  const line = eventLine(event, { ...pipe, rows: 24 });
  expect(line).toHaveLength(80);
  expect(line?.endsWith("…")).toBe(true);
});

test("a package is in work from its claim to its end", () => {
  const board = new Board();
  board.take({ kind: "package_claimed", at, fileId: 9, name: "b", sizeBytes: 1 });
  board.take({ kind: "package_claimed", at, fileId: 7, name: "a", sizeBytes: 1 });
  expect(board.work().map(({ fileId, state }) => [fileId, state])).toEqual([
    [7, "claimed"],
    [9, "claimed"],
  ]);
  board.take({ kind: "package_complete", ...figures, seconds: 1 });
  board.take({ kind: "database_changed", at, state: "away" });
  expect(board.work().map(({ fileId }) => fileId)).toEqual([9]);
  board.replace([]);
  expect(board.work()).toEqual([]);
});

test("an event is read from its block; heartbeats and what is not known are passed over", () => {
  const event: Event = { kind: "database_changed", at, state: "away" };
  const block = `id: x-1\nevent: database_changed\ndata: ${JSON.stringify(event)}`;
  expect(eventOf(block)).toEqual({ id: "x-1", event });
  for (const other of [": heartbeat", "retry: 2000", "data: {", 'data: {"kind":"later"}', ""]) {
    expect(eventOf(other)).toBeUndefined();
  }
});
