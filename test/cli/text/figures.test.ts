// Numbers as a person reads them.
import { expect, test } from "vitest";
import {
  agoText,
  bytesText,
  countedText,
  countText,
  durationText,
  percentText,
} from "../../../src/cli/text/figures.ts";

test.each([
  [0, "0"],
  [999, "999"],
  [1_234_567, "1,234,567"],
])("a count of %i is %s", (count, shown) => {
  expect(countText(count)).toBe(shown);
});

test("one of a thing is named in the singular", () => {
  expect([0, 1, 2_000].map((count) => countedText(count, "line"))).toEqual([
    "0 lines",
    "1 line",
    "2,000 lines",
  ]);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.00 kB"],
  [9_995, "10.0 kB"],
  [99_950, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [300_000_000, "300 MB"],
  [1.5e15, "1.50 PB"],
  [2e18, "2000 PB"],
])("%d bytes are %s", (bytes, shown) => {
  expect(bytesText(bytes)).toBe(shown);
});

test.each([
  [0, "0.00 s"],
  [0.4219, "0.42 s"],
  [0.996, "1.0 s"],
  [9.99, "10.0 s"],
  [9.996, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 00 s"],
  [185, "3 min 05 s"],
  [8_040, "2 h 14 min"],
  [90_000, "1 d 01 h"],
])("%d seconds take %s", (seconds, shown) => {
  expect(durationText(seconds)).toBe(shown);
});

test.each([
  [-1, "now"],
  [0.9, "now"],
  [59.9, "59 s ago"],
  [3_599, "59 min ago"],
  [172_799, "47 h ago"],
  [172_800, "2 d ago"],
])("%d seconds ago was %s", (seconds, shown) => {
  expect(agoText(seconds)).toBe(shown);
});

test("only all of it is 100 %", () => {
  expect([0, 0.999, 1, 2].map((share) => percentText(share))).toEqual([
    "0 %",
    "99 %",
    "100 %",
    "100 %",
  ]);
});
