// What an error inside a batch's transaction means, code by code. Those that a real server can be made to send are
// tried on one in server-errors.test.ts and refused-lines.test.ts.
import { describe, expect, test } from "vitest";
import { DatabaseAwayError } from "../../src/errors.ts";
import { classify } from "../../src/persister/batch-fault.ts";

function databaseError(code: string, where?: string): Error {
  return Object.assign(new Error("planted"), { code, where });
}

describe("amid the COPY into telemetry", () => {
  test.each([
    ["22P03", "bug"],
    ["22P04", "bug"],
    ["08P01", "bug"],
    ["57014", "too_slow"],
    ["25P04", "too_slow"],
    ["55P03", "blocked"],
    ["40001", "again"],
    ["40P01", "again"],
    ["08006", "away"],
    ["08003", "away"],
    ["53100", "away"],
    ["53300", "away"],
    ["57P01", "away"],
    ["57P03", "away"],
    ["25006", "away"],
    ["ECONNRESET", "away"],
    ["ECONNREFUSED", "away"],
    ["EPIPE", "away"],
    ["23505", "late_commit"],
    ["22001", "line"],
    ["22003", "line"],
    ["22021", "line"],
    ["22P05", "line"],
    ["23502", "line"],
    ["23503", "line"],
    ["23514", "line"],
    ["25P02", "bug"],
    ["42P01", "bug"],
    ["42703", "bug"],
    ["42501", "bug"],
    ["P0001", "bug"],
    ["XX000", "bug"],
    ["ERR_OUT_OF_RANGE", "bug"],
  ])("%s means %s", (code, kind) => {
    expect(classify(databaseError(code), "telemetry").kind).toBe(kind);
  });

  test("a connection that is lost has no code, and means away", () => {
    const lost = new Error("Connection terminated unexpectedly");
    expect(classify(lost, "telemetry").kind).toBe("away");
    expect(classify(new DatabaseAwayError("down"), "telemetry").kind).toBe("away");
  });

  test("an error of our own is a bug", () => {
    expect(classify(new RangeError("ours"), "telemetry").kind).toBe("bug");
    expect(classify("no error at all", "telemetry").kind).toBe("bug");
  });
});

test.each(["22003", "23505", "23514"])("%s elsewhere is no line's fault, but a bug", (code) => {
  expect(classify(databaseError(code), "other").kind).toBe("bug");
});

test("a rejected line that is there already means a late commit, as a row does", () => {
  expect(classify(databaseError("23505"), "rejected_lines").kind).toBe("late_commit");
  expect(classify(databaseError("23514"), "rejected_lines").kind).toBe("bug");
});

describe("the refused row", () => {
  test.each([
    ["COPY telemetry, line 7", 7],
    ['COPY telemetry, line 12, column instruments: "…"', 12],
    ['JSON data, line 1: {"instrument1":"x\nCOPY telemetry, line 3, column instruments', 3],
    ['JSON data, line 1: {"instrument1":"COPY telemetry, line 9', undefined],
    ["COPY telemetry, line 9\nJSON data, line 1", undefined],
    ["COPY telemetry, Zeile 7", undefined],
    ["COPY elsewhere, line 7", undefined],
    ["SQL statement: COPY telemetry, line 7", undefined],
    [undefined, undefined],
  ])("of %j is %s: only the last line of the context counts", (where, row) => {
    const fault = classify(databaseError("23514", where), "telemetry");
    expect(fault).toEqual({ kind: "line", sqlState: "23514", row });
  });
});
