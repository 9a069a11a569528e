// What options take, to the letter: a number that was misread makes another package.
import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { share, wholeNumber } from "../../src/cli/option-values.ts";

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
