// R7: which texts are times, and which moment they are. The independent calculation is a regular expression, a Date
// for the day, and bigints.
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { readTimestampText } from "../../src/satellites/timestamp.ts";

/** Microseconds since 1970, or undefined. */
function read(text: string): bigint | undefined {
  const into = { seconds: 0, microseconds: 0 };
  if (!readTimestampText(text, into)) return undefined;
  return BigInt(into.seconds) * 1_000_000n + BigInt(into.microseconds);
}

const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

function expected(text: string): bigint | undefined {
  const parts = shape.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(Number);
  const [fraction = "", sign = "+", zoneHour = "0", zoneMinute = "0"] = parts.slice(7);
  if (year === 0 || hour > 23 || minute > 59 || second > 59) return undefined;
  if (Number(zoneHour) > 15 || Number(zoneMinute) > 59) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const offset = BigInt(Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "-" ? -1n : 1n);
  const minutes = BigInt(hour * 60 + minute) - offset;
  const us = BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  return BigInt(midnight.getTime()) * 1_000n + (minutes * 60n + BigInt(second)) * 1_000_000n + us;
}

describe("a time is accepted and exact to the microsecond", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0n],
    ["1969-12-31T23:59:59.999999Z", -1n],
    ["2023-12-26T09:34:27.602982Z", 1_703_583_267_602_982n],
    ["2023-12-26T15:19:27.602982+05:45", 1_703_583_267_602_982n],
    ["2023-12-26T09:34:27.602982-00:00", 1_703_583_267_602_982n],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000n],
    ["0001-01-01T00:00:00+15:59", -62_135_654_340_000_000n],
    ["9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999n],
    ["9999-12-31T23:59:59.999999-15:59", 253_402_358_339_999_999n],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000_000n],
    ["2000-02-29T12:00:00.5Z", 951_825_600_500_000n],
  ])("%s", (text, us) => {
    expect(read(text)).toBe(us);
  });
});

test.each([
  ["2023-12-26T09:34:27.6029829Z", 1_703_583_267_602_982n],
  ["2023-12-26T09:34:27.9999999Z", 1_703_583_267_999_999n],
  ["1969-12-31T23:59:59.0000009Z", -1_000_000n],
  [`2023-12-26T09:34:27.${"9".repeat(100_000)}+00:00`, 1_703_583_267_999_999n],
])("C32: finer digits are cut, never rounded, before 1970 too: %.40s", (text, us) => {
  expect(read(text)).toBe(us);
});

describe("all else is no time", () => {
  test.each([
    ["C28 no zone", "2023-12-26T09:34:27"],
    ["C29 30 February", "2023-02-30T00:00:00Z"],
    ["C29 29 February of a common year", "2023-02-29T00:00:00Z"],
    ["C29 29 February 1900", "1900-02-29T00:00:00Z"],
    ["C29 31 April", "2023-04-31T00:00:00Z"],
    ["C29 day 00", "2023-04-00T00:00:00Z"],
    ["month 00", "2023-00-01T00:00:00Z"],
    ["month 13", "2023-13-01T00:00:00Z"],
    ["C29 24:00", "2023-12-26T24:00:00Z"],
    ["minute 60", "2023-12-26T09:60:00Z"],
    ["C29 second 60", "2023-12-26T23:59:60Z"],
    ["C30 year 0000", "0000-12-26T09:34:27Z"],
    ["C31 year 10000", "10000-12-26T09:34:27Z"],
    ["C31 year +010000", "+010000-12-26T09:34:27Z"],
    ["C30 offset 16:00", "2023-12-26T09:34:27+16:00"],
    ["C30 offset -16:00", "2023-12-26T09:34:27-16:00"],
    ["offset 05:60", "2023-12-26T09:34:27+05:60"],
    ["offset without a colon", "2023-12-26T09:34:27+0545"],
    ["offset of hours", "2023-12-26T09:34:27+05"],
    ["offset with seconds", "2023-12-26T09:34:27+05:45:00"],
    ["a minus that is no hyphen", "2023-12-26T09:34:27\u221205:45"],
    ["small t", "2023-12-26t09:34:27Z"],
    ["small z", "2023-12-26T09:34:27z"],
    ["a space for T", "2023-12-26 09:34:27Z"],
    ["no seconds", "2023-12-26T09:34Z"],
    ["a dot without digits", "2023-12-26T09:34:27.Z"],
    ["a comma", "2023-12-26T09:34:27,5Z"],
    ["a sign in the fraction", "2023-12-26T09:34:27.-5Z"],
    ["other digits", "２０２３-12-26T09:34:27Z"],
    ["space around", " 2023-12-26T09:34:27Z"],
    ["space behind", "2023-12-26T09:34:27Z "],
    ["line feed behind", "2023-12-26T09:34:27Z\n"],
    ["two zones", "2023-12-26T09:34:27ZZ"],
    ["a NUL", "2023-12-26T09:34:27\0Z"],
    ["half a surrogate pair", "2023-12-26T09:34:27Z\ud83d"],
    ["C30 infinity", "infinity"],
    ["only a date", "2023-12-26"],
    ["nothing", ""],
    ["slashes", "2023/12/26T09:34:27Z"],
    ["dots for colons", "2023-12-26T09.34.27Z"],
  ])("%s: %j", (_what, text) => {
    expect(read(text)).toBeUndefined();
  });
});

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });
const likeATime = fc
  .tuple(
    fc.oneof(digits(4), fc.constantFrom("0001", "0000", "1900", "2000", "9999", "1970")),
    fc.oneof(digits(2), fc.constantFrom("02", "12")),
    fc.oneof(digits(2), fc.constantFrom("28", "29", "30", "31")),
    fc.constantFrom("T", "T", "T", "t", " "),
    fc.constantFrom("00", "23", "24", "09"),
    fc.constantFrom("00", "59", "60"),
    fc.constantFrom("00", "59", "60"),
    fc.oneof(
      fc.constant(""),
      fc
        .integer({ min: 0, max: 12 })
        .chain(digits)
        .map((d) => `.${d}`),
    ),
    fc.constantFrom("Z", "Z", "z", "+05:45", "-15:59", "+16:00", "+00:60", ""),
  )
  .map(([y, mo, d, t, h, mi, s, f, z]) => `${y}-${mo}-${d}${t}${h}:${mi}:${s}${f}${z}`);
const anyDay = fc
  .tuple(
    fc.date({
      min: new Date("0001-01-02T00:00:00Z"),
      max: new Date("9999-12-30T00:00:00Z"),
      noInvalidDate: true,
    }),
    digits(3),
    fc.constantFrom("Z", "+00:00", "-15:59", "+15:59", "+05:45"),
  )
  .map(([date, more, zone]) => date.toISOString().replace("Z", more + zone));

test("what is accepted, and which moment it is, agrees with an independent calculation", () => {
  fc.assert(
    fc.property(fc.oneof(likeATime, anyDay, fc.string()), (text) => {
      expect(read(text)).toBe(expected(text));
    }),
    { numRuns: 3_000 },
  );
});

test("each day of 10 000 years is the one after the day before", () => {
  const day = new Date(0);
  let wrong = 0;
  for (let days = -719_162; days <= 2_932_896; days += 7) {
    day.setTime(days * 86_400_000);
    const text = `${day.toISOString().slice(0, 19)}Z`;
    if (read(text) !== BigInt(days) * 86_400_000_000n) wrong++;
  }
  expect(wrong).toBe(0);
});

test("the first time that a thread reads is judged like any other", async () => {
  await fc.assert(
    fc.asyncProperty(likeATime, async (text) => {
      vi.resetModules();
      const fresh = await import("../../src/satellites/timestamp.ts");
      const into = { seconds: 0, microseconds: 0 };
      const isTime = fresh.readTimestampText(text, into);
      expect(isTime).toBe(expected(text) !== undefined);
    }),
    { numRuns: 50, examples: [["0000-00-00T00:00:00Z"], ["0000-00-00T23:59:59.5+05:00"]] },
  );
});
