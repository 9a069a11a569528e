// Numbers are read to the bit as JSON.parse reads them, or not at all.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumberReader } from "../../src/satellites/number-reader.ts";

/** What is read at the beginning of a text, and how much of it; undefined if it is no number. */
function read(text: string): { value: number; end: number } | undefined {
  const reader = new NumberReader();
  const end = reader.read(Buffer.from(text), 0);
  return end === -1 ? undefined : { value: reader.value, end };
}

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength });
const whole = fc.oneof(
  fc.constant("0"),
  fc.tuple(fc.constantFrom(..."123456789"), digits(19)).map(([first, rest]) => first + rest),
  fc.constantFrom(..."123456789"),
);
const decimal = fc
  .tuple(fc.constantFrom("", "-"), whole, fc.option(digits(25), { nil: undefined }))
  .map(([sign, before, after]) => sign + before + (after === undefined ? "" : `.${after}`));

describe("a number", () => {
  test("of any length is the one that JSON.parse reads, to the bit", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(read(text)).toEqual({ value: JSON.parse(text), end: text.length });
      }),
      { numRuns: 20_000 },
    );
  });

  test("as a double is written is that double", () => {
    const plain = fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 })
      .map((value) => JSON.stringify(value))
      .filter((text) => !text.includes("e"));
    fc.assert(
      fc.property(plain, (text) => {
        expect(read(text)?.value).toBe(JSON.parse(text));
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    // Half way between two doubles, and just beside.
    "9007199254740993",
    "9007199254740992.9999999999",
    "9007199254740993.0000000001",
    "0.500000000000000166533453693773481063544750213623046875",
    "0.1000000000000000055511151231257827",
    "-0",
    "-0.0",
    "8020.290000000006",
    "-11.059999999999961",
    "123456789012345678901234567890.12345678901234567890123",
    "0.00000000000000000000000000000123",
  ])("%s is read as by JSON.parse", (text) => {
    expect(read(text)).toEqual({ value: JSON.parse(text), end: text.length });
  });

  test("ends where its digits end", () => {
    expect(read("1.5,")).toEqual({ value: 1.5, end: 3 });
    expect(read("7}")).toEqual({ value: 7, end: 1 });
  });
});

test.each(["", "-", "+1", ".5", "1.", "01", "-01", "00", "1e5", "1E5", "1.5e-3", "NaN", "x"])(
  "%j is none, or none of the plain ones",
  (text) => {
    expect(read(text)).toBeUndefined();
  },
);
