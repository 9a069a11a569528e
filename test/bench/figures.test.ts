import { describe, expect, test } from "vitest";
import { shownNumber } from "../../bench/report/numbers.ts";
import { judge, type Result } from "../../bench/report/result.ts";
import { median, percentile } from "../../bench/report/statistics.ts";
import { shownResult } from "../../bench/report/table.ts";

describe("a percentile is a value that was measured", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);

  test.each([
    [0, 1],
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
  ])("%d of 1 to 100 is %d", (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  test("of nothing there is none", () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

describe("a goal", () => {
  const atMost = { kind: "at most", limit: 1.05 } as const;
  const atLeast = { kind: "at least", limit: 3 } as const;

  test("is met at its limit", () => {
    expect(judge(1.05, atMost, true)).toEqual({ text: "at most 1.05", isMet: true });
    expect(judge(3, atLeast, true)).toEqual({ text: "at least 3", isMet: true });
  });

  test("is not met beyond it, nor by what was never seen", () => {
    expect(judge(1.06, atMost, true)?.isMet).toBe(false);
    expect(judge(2.9, atLeast, true)?.isMet).toBe(false);
    expect(judge(Number.POSITIVE_INFINITY, atMost, true)?.isMet).toBe(false);
    expect(judge(Number.NaN, atMost, true)?.isMet).toBe(false);
  });

  test("says nothing of an unknown figure, or of a smoke run", () => {
    expect(judge(undefined, atMost, true)).toBeUndefined();
    expect(judge(1, atMost, false)).toBeUndefined();
  });
});

test.each([
  [undefined, "–"],
  [Number.NaN, "–"],
  [Number.POSITIVE_INFINITY, "never"],
  [0.123, "0.12"],
  [12.34, "12.3"],
  [1_234_567.8, "1 234 568"],
])("%s is shown as %s", (value, expected) => {
  expect(shownNumber(value)).toBe(expected);
});

test("a result as markdown has its figures with their goals, and its tables", () => {
  const result: Result = {
    scenario: "one",
    title: "One",
    measured: "Something.",
    figures: [
      {
        name: "speed",
        value: 2,
        unit: "times",
        samples: [1, 3],
        goal: judge(2, { kind: "at least", limit: 3 }, true),
      },
      { name: "memory", value: undefined, unit: "MiB" },
    ],
    tables: [{ title: "More", columns: ["a", "b"], rows: [["1", "2"]] }],
  };
  expect(shownResult(result, "markdown").split("\n")).toEqual([
    "### One",
    "",
    "Something.",
    "",
    "| figure | measured | from to | goal |  |",
    "| --- | --- | --- | --- | --- |",
    "| speed | 2.00 times | 1.00 to 3.00 | at least 3 | not met |",
    "| memory | – MiB |  |  |  |",
    "",
    "More",
    "",
    "| a | b |",
    "| --- | --- |",
    "| 1 | 2 |",
    "",
  ]);
});
