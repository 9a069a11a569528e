// How the dashboard writes numbers, sizes and times.
import { describe, expect, test } from "vitest";
import { countOf, countText, percentText } from "../../web/src/format/count.ts";
import { bytesText, durationText, wholeDurationText } from "../../web/src/format/quantity.ts";
import {
  epochSeconds,
  isoFromSeconds,
  momentText,
  relativeText,
  tickTexts,
} from "../../web/src/format/time.ts";

test("counts are grouped, and named as one or many", () => {
  expect(countText(1_234_567)).toBe("1,234,567");
  expect([countOf(1, "line"), countOf(2, "line")]).toEqual(["1 line", "2 lines"]);
});

test.each([
  [0, 0, "0"],
  [0.0004, 0, "<1"],
  [0.0004, 1, "<0.1"],
  [0.999, 0, "99"],
  [0.9999, 1, "99.9"],
  [1, 0, "100"],
])("a share of %d is, with %d digits, %s per cent", (share, digits, text) => {
  expect(percentText(share, digits)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.00 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [1_234_567_890, "1.23 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [0.042, "42 ms", "0 s"],
  [4.25, "4.3 s", "4 s"],
  [59.97, "1 min 00 s", "1 min 00 s"],
  [65, "1 min 05 s", "1 min 05 s"],
  [7_500, "2 h 05 min", "2 h 05 min"],
  [93_600, "1 d 02 h", "1 d 02 h"],
])("%d s are %s, counted down %s", (seconds, text, whole) => {
  expect(durationText(seconds)).toBe(text);
  expect(wholeDurationText(seconds)).toBe(whole);
});

describe("moments", () => {
  test("keep their microseconds, and are UTC or nothing", () => {
    expect(momentText("2024-05-01T12:00:00.25Z")).toBe("2024-05-01 12:00:00.250000");
    expect(momentText("2024-05-01T12:00:00+02:00")).toBe("2024-05-01T12:00:00+02:00");
  });

  test("are the same there and back", () => {
    const iso = "2024-05-01T12:00:00.250007Z";
    expect(isoFromSeconds(epochSeconds(iso))).toBe(iso);
  });

  test.each([
    ["+10000-01-01T00:59:59.000000Z", "+10000-01-01 00:59:59.000000", 253_402_304_399],
    ["0000-12-31T23:00:00.000000Z", "0000-12-31 23:00:00.000000", -62_135_600_400],
    ["-0001-01-01T00:00:00.000000Z", "-0001-01-01 00:00:00.000000", -62_198_755_200],
  ])(
    "before the first year and beyond four digits are told and counted: %s",
    (iso, text, seconds) => {
      expect(momentText(iso)).toBe(text);
      expect(epochSeconds(iso)).toBe(seconds);
      expect(isoFromSeconds(seconds)).toBe(iso);
    },
  );

  test("that no calendar has are nothing", () => {
    expect([Number.NaN, 1e300, Number.NEGATIVE_INFINITY].map(isoFromSeconds)).toEqual(["", "", ""]);
  });

  test("are on an axis as fine as its step, the day where it changes", () => {
    const texts = (step: number, ...isos: string[]) =>
      tickTexts(isos.map(epochSeconds), step, true);
    const [evening, night] = [
      "2024-05-01T23:30:00.000000Z",
      "2024-05-02T00:00:00.250000Z",
    ] as const;
    expect(texts(1_800, evening, night)).toEqual(["23:30", "05-02 00:00"]);
    expect(texts(0.25, night)).toEqual(["00:00:00.250"]);
    expect(texts(86_400, evening)).toEqual(["2024-05-01"]);
    expect(texts(1e9, evening, "+10000-01-01T00:00:00.000000Z")).toEqual(["2024-05", "+10000-01"]);
    expect(texts(60, "+10000-01-01T00:59:00.000000Z")).toEqual(["00:59"]);
  });

  test.each([
    [0.2, "now"],
    [12.9, "12 s ago"],
    [-61, "in 1 min"],
    [7_200, "2 h ago"],
    [86_400 * 40, "40 d ago"],
    [86_400 * 365.25 * 3, "3.0 years ago"],
  ])("%d s past are told as %s", (seconds, text) => {
    expect(relativeText(seconds)).toBe(text);
  });
});
