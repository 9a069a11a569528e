// Times as people read them.
import { expect, test } from "vitest";
import { exactText, minuteText, rangeText, secondsSince } from "../../../src/cli/text/time-text.ts";

test.each([
  ["2024-05-01T12:01:40.500000Z", "2024-05-01 12:00:00–12:01:40"],
  ["2024-05-02T00:00:01.000000Z", "2024-05-01 12:00–05-02 00:00"],
  ["2025-01-01T00:00:00.000000Z", "2024-05-01–2025-01-01"],
  ["+10000-01-01T15:58:59.000000Z", "2024-05-01–+10000-01-01"],
])("a range is as exact as it is short: up to %s", (last, shown) => {
  expect(rangeText("2024-05-01T12:00:00.250000Z", last)).toBe(shown);
});

test("a year of five digits or before the first is shown whole", () => {
  expect(minuteText("+10000-01-01T15:58:59.000000Z")).toBe("+10000-01-01 15:58");
  expect(exactText("0000-12-31T08:01:00.000001Z")).toBe("0000-12-31 08:01:00.000001");
});

test("what is no time stands for itself", () => {
  expect(rangeText("infinity", "infinity")).toContain("infinity");
});

test("the age of a time", () => {
  expect(secondsSince("1970-01-01T00:00:01.500000Z", 4_000)).toBe(2.5);
});
