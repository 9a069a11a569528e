// Values of telemetry for properties: all that the rules allow, the edges more often than chance would have them.
import fc from "fast-check";

/** Any double that a JSON number can be. */
export const anyDouble = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308),
  fc.constantFrom(-Number.MAX_VALUE, 1e-7, 0.1 + 0.2, 2 ** 53 + 2, 123_456_789.123_456_78),
);

export function degrees(most: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: -most, max: most, noNaN: true }) },
    fc.constantFrom(-most, most, 0, -0, 5e-324),
  );
}

const character = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  fc.constantFrom('"', "\\", "\\u0000", "\\N", "\\.", "\u2028", "\u2029", "\u0085", "\u001f", "\t"),
  fc.constantFrom("\u{1f6f0}", "\u{10ffff}", "\ufeff", "\uffff", "e\u0301", "NULL", "", "\u007f"),
);

/** Any text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
export const anyText = fc
  .array(character, { maxLength: 5 })
  .map((parts) => parts.join("").replaceAll("\0", "").toWellFormed());

const digits = (value: number, width: number) => String(value).padStart(width, "0");

const date = fc
  .oneof(
    { weight: 3, arbitrary: fc.date({ min: firstDay(), max: lastDay(), noInvalidDate: true }) },
    fc.constantFrom(firstDay(), lastDay(), new Date("2000-01-01T00:00Z"), new Date(0)),
    fc.constantFrom(new Date("2024-02-29T23:59:59Z"), new Date("1900-03-01T00:00Z")),
  )
  .map((day) => day.toISOString().slice(0, 19));

function firstDay(): Date {
  return new Date("0001-01-01T00:00:00Z");
}

function lastDay(): Date {
  return new Date("9999-12-31T23:59:59Z");
}

const zone = fc.oneof(
  fc.constantFrom("Z", "+00:00", "-00:00", "+15:59", "-15:59"),
  fc
    .tuple(fc.constantFrom("+", "-"), fc.integer({ min: 0, max: 15 * 60 + 59 }))
    .map(([sign, minutes]) => {
      return `${sign}${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}`;
    }),
);

const fraction = fc.oneof(
  fc.constantFrom("", ".0", ".000001", ".999999", ".9999999", ".1234567890123"),
  fc.integer({ min: 0, max: 999_999 }).map((microseconds) => `.${digits(microseconds, 6)}`),
);

/** Any time that rule R7 allows, into the year before 0001 and into the year 10000. */
export const anyTimestamp = fc
  .tuple(date, fraction, zone)
  .map(([seconds, part, offset]) => `${seconds}${part}${offset}`);
