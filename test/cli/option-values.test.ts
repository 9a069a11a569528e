// What options take, to the letter: a number that was misread makes another package.
import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { moment, share, wholeNumber } from "../../src/cli/option-values.ts";

test("a whole number is digits within the limits, limits included", () => {
  const read = wholeNumber(1, 1_000);
  expect(["1", "0012", "1000"].map(read)).toEqual([1, 12, 1_000]);
  for (const wrong of [
    "",
    "0",
    "1001",
    "-1",
    "+1",
    "1.0",
    "1e2",
    "12x",
    " 1",
    "0x1",
    "1".repeat(20),
  ]) {
    expect(() => read(wrong), wrong).toThrow(InvalidArgumentError);
  }
});

test("a share is a number from 0 to 1, limits included", () => {
  expect(["0", "1", "0.01", ".5", "1.", "1e-3"].map(share)).toEqual([0, 1, 0.01, 0.5, 1, 0.001]);
  for (const wrong of ["", "1.1", "-0", "1%", "0,5", "NaN", "Infinity", ".", "1e400"]) {
    expect(() => share(wrong), wrong).toThrow(InvalidArgumentError);
  }
});

test("a moment is a time, in UTC unless it has a zone, or an age", () => {
  const read = moment(() => Date.parse("2024-05-02T12:00:00Z"));
  expect(
    ["2024-05-01", "2024-05-01 06:30", "2024-05-01T06:30:15.5+02:00", "90m", "2d"].map(read),
  ).toEqual([
    "2024-05-01T00:00:00.000Z",
    "2024-05-01T06:30:00.000Z",
    "2024-05-01T04:30:15.500Z",
    "2024-05-02T10:30:00.000Z",
    "2024-04-30T12:00:00.000Z",
  ]);
  for (const wrong of [
    "",
    "yesterday",
    "2023-02-29",
    "2024-13-01",
    "2024-05-01T24:01",
    "5",
    "5y",
    "-1d",
    "1e3s",
  ]) {
    expect(() => read(wrong), wrong).toThrow(InvalidArgumentError);
  }
});
