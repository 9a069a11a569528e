// R1: which first lines make a package, and what is said of the others. C... are rows of the catalogue of failure
// modes.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyPackage, headerTooLong, parseHeader } from "../../src/parsers/header.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { jackalMk2 } from "../../src/satellites/jackal-mk2.ts";

const parse = (line: string | Uint8Array, maxLineBytes = 1_048_576) =>
  parseHeader(typeof line === "string" ? new TextEncoder().encode(line) : line, maxLineBytes);

function errorOf(line: string | Uint8Array, maxLineBytes?: number): string {
  const outcome = parse(line, maxLineBytes);
  return outcome.ok ? "accepted" : outcome.error;
}

const known = "known types: jackal_mk1, jackal_mk2";

describe("a header is accepted", () => {
  test.each([
    [jackalMk1, '{"satellite_type":"jackal_mk1"}'],
    [jackalMk2, '{"satellite_type":"jackal_mk2"}'],
  ])("of $name", (satelliteType, line) => {
    expect(parse(line)).toEqual({ ok: true, satelliteType, header: line });
  });

  test("its other keys are kept, as JSON.parse reads them", () => {
    const line =
      ' { "satellite_type" : "jackal_mk1", "orbit": [1.50, null, {"a":"\\u00e9"}], "n": 1e300 }\r';
    const header = '{"satellite_type":"jackal_mk1","orbit":[1.5,null,{"a":"é"}],"n":1e+300}';
    expect(parse(line)).toMatchObject({ ok: true, header });
  });

  test("R9: of duplicate keys the last one counts", () => {
    const types = '{"satellite_type":"x","satellite_type":"jackal_mk2"}';
    expect(parse(types)).toMatchObject({ satelliteType: jackalMk2 });
    expect(errorOf('{"satellite_type":"jackal_mk2","satellite_type":"x"}')).toContain('"x"');
  });

  test("C22: __proto__ and toJSON are keys like any other", () => {
    const line = '{"__proto__":{"a":1},"toJSON":"x","satellite_type":"jackal_mk1"}';
    expect(parse(line)).toMatchObject({ ok: true, header: line });
  });

  test("an escaped name is the same name", () => {
    expect(parse('{"satellite_\\u0074ype":"jackal\\u005fmk1"}')).toMatchObject({ ok: true });
  });

  test("at 64 levels, and at the longest length", () => {
    const nested = `{"x":${"[".repeat(63)}${"]".repeat(63)},"satellite_type":"jackal_mk1"}`;
    expect(parse(nested, nested.length)).toMatchObject({ ok: true, header: nested });
  });
});

describe("C1, C4, C36: a package is refused whose first line is", () => {
  test.each([
    ["missing", "", "is blank"],
    ["blank", " \t\r", "is blank"],
    ["no JSON", "satellite_type=jackal_mk1", "no JSON value begins like this (invalid_json)"],
    ["cut off", '{"satellite_type":"jackal_mk1"', "the object is not closed (invalid_json)"],
    ["wrong in the middle", '{"satellite_type";"jackal_mk1"}', "(invalid_json)"],
    ["an array", '["jackal_mk1"]', "an array, not an object (not_an_object)"],
    ["a text", '"jackal_mk1"', "a string, not an object (not_an_object)"],
    ["null", "null", "null, not an object (not_an_object)"],
    ["a line", '{"timestamp":"2023-12-26T09:34:27Z"}', `no satellite_type (${known})`],
    ["of an unknown type", '{"satellite_type":"jackal_mk3"}', `"jackal_mk3" is unknown (${known})`],
    ["spelled otherwise", '{"satellite_type":"Jackal_mk1"}', '"Jackal_mk1" is unknown'],
    ["with a space", '{"satellite_type":"jackal_mk1 "}', '"jackal_mk1 " is unknown'],
    ["a second BOM", '\ufeff{"satellite_type":"jackal_mk1"}', "(invalid_json)"],
    [
      "too deep",
      `{"satellite_type":"jackal_mk1","x":${"[".repeat(64)}${"]".repeat(64)}}`,
      "(too_deep)",
    ],
    ["with a NUL", '{"satellite_type":"jackal_mk1"}\0', "(nul_byte)"],
    ["UTF-16", Buffer.from('{"satellite_type":"jackal_mk1"}', "utf16le"), "(nul_byte)"],
    ["gzip", gzipSync("x", { level: 9 }).subarray(0, 3), "(invalid_utf8)"],
    [
      "Latin-1",
      Buffer.from('{"satellite_type":"jackal_mk1","by":"é"}', "latin1"),
      "(invalid_utf8)",
    ],
  ])("%s", (_what, line, error) => {
    expect(errorOf(line)).toContain(error);
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "C2: of type %s",
    (name) => {
      expect(errorOf(JSON.stringify({ satellite_type: name }))).toContain(`"${name}" is unknown`);
    },
  );

  test.each([
    ['["jackal_mk1"]', "an array"],
    ["null", "null"],
    ["1", "a number"],
    ["true", "a boolean"],
    ["{}", "an object"],
  ])("C2: of type %s, which is no text", (json, kind) => {
    const error = `satellite_type is ${kind}, not a name (${known}).`;
    expect(errorOf(`{"satellite_type":${json}}`)).toBe(error);
  });

  test("of a type that is only on a prototype", () => {
    const error = `The header has no satellite_type (${known}).`;
    expect(errorOf('{"__proto__":{"satellite_type":"jackal_mk1"}}')).toBe(error);
  });

  test("too long", () => {
    const line = '{"satellite_type":"jackal_mk1"}';
    expect(errorOf(line, line.length - 1)).toBe(
      "The first line, the header, is longer than 30 bytes (line_too_long).",
    );
    expect(headerTooLong(30)).toEqual(parse(line, 30));
  });

  test("too long for jsonb, whatever the limit of a line", () => {
    const line = `{"satellite_type":"jackal_mk1","x":"${"x".repeat(16 * 2 ** 20)}"}`;
    expect(errorOf(line, 2 ** 28)).toContain("longer than 16777216 bytes");
  });

  test("C8: not there, since the file is empty", () => {
    expect(emptyPackage()).toEqual({ ok: false, error: "The package is empty: it has no header." });
  });
});

test.each([
  ['"a\\u0000"', "a NUL or half a surrogate pair"],
  ['{"\\u0000":1}', "a NUL or half a surrogate pair"],
  ['[[{"b":"\\ud83d"}]]', "a NUL or half a surrogate pair"],
  ['{"\\ud83d":1}', "a NUL or half a surrogate pair"],
  ["1e200000", "a number is too large"],
  ["[-1e400]", "a number is too large"],
])("C40: what jsonb cannot store anywhere in the header refuses it: %s", (json, why) => {
  const error = errorOf(`{"satellite_type":"jackal_mk1","x":${json}}`);
  expect(error).toContain("cannot be stored");
  expect(error).toContain(why);
});

test("what was found is escaped and cut short", () => {
  const nasty = "\u0000\u001b[31m\u202e\n\ud83d<b>";
  expect(errorOf(JSON.stringify({ satellite_type: nasty }))).toBe(
    `satellite_type "\\u0000\\u001b[31m\\u202e\\u000a\\ud83d<b>" is unknown (${known}).`,
  );
  const long = errorOf(JSON.stringify({ satellite_type: "🛰".repeat(100_000) }));
  expect(long.length).toBeLessThan(200);
  expect(long.isWellFormed()).toBe(true);
  expect(long).toContain("…");
});

test("any bytes: never thrown, and an error is a sentence without controls and half pairs", () => {
  const name = fc
    .string({ unit: "binary" })
    .map((satellite_type) => JSON.stringify({ satellite_type }));
  const wrapped = fc.jsonValue().map((x) => JSON.stringify({ satellite_type: "jackal_mk1", x }));
  const text = fc.oneof(name, wrapped, fc.json(), fc.string({ unit: "binary" }));
  const bytes = fc.oneof(
    fc.uint8Array(),
    text.map((t) => new TextEncoder().encode(t)),
  );
  fc.assert(
    fc.property(bytes, (line) => {
      const outcome = parse(line);
      if (outcome.ok) {
        const value: unknown = JSON.parse(outcome.header);
        expect(value).toHaveProperty("satellite_type", outcome.satelliteType.name);
      } else {
        expect(outcome.error).toMatch(/^[^\p{Cc}]{10,400}\.$/u);
        expect(outcome.error.isWellFormed()).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
