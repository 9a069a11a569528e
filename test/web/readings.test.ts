// Readings made ready for plots and map: cut where nothing is known.
import { describe, expect, test } from "vitest";
import type { InstrumentChange } from "../../src/api/schemas/telemetry.ts";
import { piecesOf } from "../../web/src/charts/gaps.ts";
import { nearestIndex } from "../../web/src/charts/nearest.ts";
import { stateAt, statesOf } from "../../web/src/readings/states.ts";
import { zoomOf, zoomQuery } from "../../web/src/readings/zoom.ts";

describe("times are cut", () => {
  test.each([
    [[], []],
    [[5], [{ first: 0, end: 1 }]],
    [[0, 1, 2, 3], [{ first: 0, end: 4 }]],
    [
      [0, 1, 2, 20, 21],
      [
        { first: 0, end: 3 },
        { first: 3, end: 5 },
      ],
    ],
  ])("%j into %j", (times, pieces) => {
    expect(piecesOf(times)).toEqual(pieces);
  });
});

test("the nearest of ascending times is found", () => {
  const times = [0, 10, 20, 40];
  expect([-5, 4, 6, 29, 31, 99].map((at) => nearestIndex(times, at))).toEqual([0, 0, 1, 2, 3, 3]);
  expect(nearestIndex([], 1)).toBe(-1);
});

test("changes of instruments become stretches, in the order of time", () => {
  const change = (second: number, value: string): InstrumentChange => ({
    fileId: 1,
    line: second,
    timestamp: `1970-01-01T00:00:0${second}.000000Z`,
    instrument: "one",
    before: null,
    value,
  });
  const [one] = statesOf([change(5, "ok"), change(0, "ok"), change(2, "faulty")], 9);
  expect(one?.stretches).toEqual([
    { from: 0, to: 2, value: "ok" },
    { from: 2, to: 5, value: "faulty" },
    { from: 5, to: 9, value: "ok" },
  ]);
  expect(one && stateAt(one, 3)).toBe("faulty");
  expect(one && stateAt(one, -1)).toBeUndefined();
});

test("a zoom is asked for within the years that the API takes", () => {
  const whole = zoomQuery([-1e12, 1e12]);
  expect(whole.from).toBe("0001-01-01T00:00:00.000000Z");
  expect(whole.to).toMatch(/^9999-12-31T23:59:59\./);
  expect(zoomOf(new URLSearchParams(whole))).not.toBeNull();
  expect(zoomOf(new URLSearchParams(zoomQuery([1e12, 2e12])))).toBeNull();
});
