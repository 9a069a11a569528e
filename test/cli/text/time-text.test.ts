// Ranges of times, for people.
import { expect, test } from "vitest";
import { rangeText } from "../../../src/cli/text/time-text.ts";

test.each([
  ["2024-05-01 12:01:40.5+00", "2024-05-01 12:00:00–12:01:40"],
  ["2024-05-02 00:00:01+00", "2024-05-01 12:00–05-02 00:00"],
  ["2025-01-01 00:00:00+00", "2024-05-01–2025-01-01"],
])("a range is as exact as it is short: up to %s", (last, shown) => {
  expect(rangeText("2024-05-01 12:00:00.25+00", last)).toBe(shown);
});
