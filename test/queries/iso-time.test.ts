// Times as the database writes them, for programs.
import { expect, test } from "vitest";
import { isoTime } from "../../src/queries/iso-time.ts";

test.each([
  ["2024-05-01 12:00:00+00", "2024-05-01T12:00:00.000000Z"],
  ["2024-05-01 12:00:00.25+00", "2024-05-01T12:00:00.250000Z"],
  ["2024-05-01 12:00:00.000001+00", "2024-05-01T12:00:00.000001Z"],
  ["0001-12-31 08:01:00+00 BC", "0000-12-31T08:01:00.000000Z"], // R7: year 0001, east of Greenwich.
  ["10000-01-01 15:58:59+00", "+10000-01-01T15:58:59.000000Z"], // R7: year 9999, west of it.
  ["infinity", "infinity"],
])("%s is %s", (text, iso) => {
  expect(isoTime(text)).toBe(iso);
});
