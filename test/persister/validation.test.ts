// What the persister rejects whatever satellite a reading is from. Nothing behind it asks again: the server would take
// all of these values.
import { describe, expect, test } from "vitest";
import { validate } from "../../src/persister/validation.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { jackalMk2 } from "../../src/satellites/jackal-mk2.ts";
import { detailOf } from "../../src/staging/line-columns.ts";
import type { StagedChunk } from "../../src/staging/staged-chunk.ts";
import { badLine, chunkOf, goodLine, goodLines } from "../support/package-fixture.ts";

/** Validates a line of which a column says something else. @returns its reason and detail; undefined if it is good */
function verdict(
  column: "velocity" | "altitude" | "latitude" | "longitude",
  value: number,
): readonly [string | undefined, string | undefined] | undefined {
  const chunk = chunkOf([goodLine()]);
  chunk.columns[column][0] = value;
  return validated(chunk);
}

function validated(chunk: StagedChunk, { keys } = jackalMk1) {
  validate({ chunk, from: 0, to: chunk.count }, keys);
  return chunk.isGood(0) ? undefined : ([chunk.reasonOf(0), detailOf(chunk.columns, 0)] as const);
}

/** The next double away from zero. */
function beyond(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0);
}

describe.each([
  ["latitude", 90],
  ["longitude", 180],
] as const)("%s", (column, limit) => {
  test.each([limit, -limit, 0, -0, 5e-324])("%s is allowed", (value) => {
    expect(verdict(column, value)).toBeUndefined();
  });

  const infinite = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  test.each([beyond(limit), beyond(-limit), 1e300, ...infinite])("%s is out of range", (value) => {
    expect(verdict(column, value)).toEqual(["out_of_range", column]);
  });
});

describe.each(["velocity", "altitude"] as const)("%s", (column) => {
  test.each([Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, -0])("%s is allowed", (value) => {
    expect(verdict(column, value)).toBeUndefined();
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "%s is no number",
    (value) => {
      expect(verdict(column, value)).toEqual(["wrong_type", column]);
    },
  );
});

describe("a time", () => {
  const at = (us: bigint) => {
    const chunk = chunkOf([goodLine()]);
    chunk.columns.timestampUs[0] = us;
    return validated(chunk);
  };
  const [firstUs, lastUs] = [-62_135_654_340_000_000n, 253_402_358_339_999_999n];

  test("is allowed as far as rule R7 goes with its widest offsets", () => {
    expect([at(firstUs), at(lastUs)]).toEqual([undefined, undefined]);
  });

  test("is rejected beyond that, also where PostgreSQL means infinity", () => {
    const infinity = 2n ** 63n - 1n;
    for (const us of [firstUs - 1n, lastUs + 1n, infinity, -infinity - 1n]) {
      expect(at(us)).toEqual(["invalid_timestamp", "timestamp"]);
    }
  });
});

test("of several faults the first in the order of the fields stands", () => {
  const chunk = chunkOf([goodLine()]);
  chunk.columns.longitude[0] = 181;
  chunk.columns.altitude[0] = Number.NaN;
  expect(validated(chunk)).toEqual(["wrong_type", "altitude"]);
});

test.each([
  ["latitude", 91, ["out_of_range", "lat"]],
  ["longitude", -181, ["out_of_range", "long"]],
  ["velocity", Number.NaN, ["wrong_type", "vel"]],
  ["altitude", Number.NaN, ["wrong_type", "alt"]],
] as const)("a bad %s is told by the key that the line has for it", (column, value, told) => {
  const chunk = chunkOf([goodLine()]);
  chunk.columns[column][0] = value;
  expect(validated(chunk, jackalMk2)).toEqual(told);
});

test("a line that the parser has rejected keeps its reason", () => {
  const chunk = chunkOf([badLine]);
  chunk.columns.latitude[0] = 91;
  expect(validated(chunk)?.[0]).toBe("invalid_json");
});

test("only the lines of the slice are looked at", () => {
  const chunk = chunkOf(goodLines(4));
  chunk.columns.latitude.fill(91);
  validate({ chunk, from: 1, to: 3 }, jackalMk1.keys);
  expect([0, 1, 2, 3].map((index) => chunk.isGood(index))).toEqual([true, false, false, true]);
});
