// What the doctor makes of what it sees, where the machine at hand cannot show it.
import { expect, test } from "vitest";
import { checkSettings, judgeClock, judgeSchema } from "../../../src/cli/doctor/database.ts";
import { checkNode, judgeRoom } from "../../../src/cli/doctor/machine.ts";

test.each([
  ["20.18.3", "wrong"],
  ["18.20.0", "wrong"],
  ["20.19.0", "ok"],
  ["22.1.0", "ok"],
  ["100.0.0", "ok"],
])("Node.js %s is %s", (version, verdict) => {
  expect(checkNode(version).verdict).toBe(verdict);
});

test.each([
  [{ freeBytes: 499e6, totalBytes: 100e9 }, "wrong"],
  [{ freeBytes: 0, totalBytes: 0 }, "wrong"],
  [{ freeBytes: 4e9, totalBytes: 100e9 }, "warning"],
  [{ freeBytes: 50e9, totalBytes: 100e9, freeFiles: 10 }, "warning"],
  [{ freeBytes: 50e9, totalBytes: 100e9, freeFiles: 1e6 }, "ok"],
])("room of %j is %s", (room, verdict) => {
  expect(judgeRoom("disk", "/data", room).verdict).toBe(verdict);
});

test.each([
  [0.4, "ok"],
  [-1.9, "ok"],
  [30, "warning"],
  [-3_600, "wrong"],
])("a clock that is %d s ahead is %s", (seconds, verdict) => {
  expect(judgeClock(seconds).verdict).toBe(verdict);
});

test.each([
  [{ applied: ["0000_a"], pending: [], unknown: 0 }, "ok", "up to date (0000_a)"],
  [{ applied: [], pending: ["0000_a"], unknown: 0 }, "warning", "no tables yet"],
  [{ applied: ["0000_a"], pending: ["0001_b"], unknown: 0 }, "warning", "0000_a, not yet 0001_b"],
  [{ applied: ["0000_a"], pending: [], unknown: 1 }, "wrong", "1 migration of a newer downlink"],
])("a schema of %j is %s", (state, verdict, found) => {
  expect(judgeSchema(state)).toMatchObject({ verdict, found });
});

const good = {
  standby: false,
  read_only: false,
  encoding: "UTF8",
  daemons: 0,
  free_connections: 90,
  statement_timeout_ms: 0,
};

test.each([
  [{}, [], "ok", "what is committed stays committed"],
  [{ standby: true }, [], "wrong", "the server is a standby"],
  [{ read_only: true }, [], "wrong", "default_transaction_read_only is on"],
  [{}, ["fsync is off"], "wrong", "fsync is off: the server may lose what it has committed"],
  [{ encoding: "LATIN1" }, [], "warning", "the database's encoding is LATIN1"],
  [{ statement_timeout_ms: 5_000 }, [], "warning", "statement_timeout is 5000 ms: it cuts batches"],
  [{ free_connections: 1 }, [], "warning", "only 1 connection left"],
  [{ free_connections: 1, daemons: 1 }, [], "ok", "what is committed stays committed"],
])("settings %j %j are %s", (change, unsafe, verdict, found) => {
  expect(checkSettings({ ...good, ...change }, unsafe, false)).toMatchObject([{ verdict, found }]);
});

test("unsafe settings that were allowed are a warning", () => {
  expect(checkSettings(good, ["fsync is off"], true)).toMatchObject([{ verdict: "warning" }]);
});
