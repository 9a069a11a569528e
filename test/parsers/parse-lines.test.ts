// What becomes of the lines of a chunk: R2, R3, R5, R7, R9, and the rows of the catalogue of failure modes that are
// about content (C...). A good line with one thing changed, between two good lines.
import { describe, expect, test } from "vitest";
import { parseLines } from "../../src/parsers/parse-lines.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { type RejectionReason, rejectionReasons } from "../../src/satellites/satellite.ts";
import { detailOf } from "../../src/staging/line-columns.ts";

const good =
  '{"timestamp":"2023-12-26T09:34:27.602982Z","velocity":8020.29,"altitude":300047.9,' +
  '"latitude":-11.06,"longitude":-37.829,"instrument1":"ok","instrument2":"diabled"}';
const instruments = '{"instrument1":"ok","instrument2":"diabled"}';

/** Text as UTF-8, numbers as bytes. */
function bytes(...parts: (string | number[])[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
}

const parse = (source: Uint8Array, maxLineBytes = 1_048_576) =>
  parseLines(source, { satelliteType: jackalMk1, maxLineBytes });

/** "good", or the reason, of each counted line. */
function outcomes(source: Uint8Array, maxLineBytes?: number): (RejectionReason | "good")[] {
  const { columns } = parse(source, maxLineBytes);
  return [...columns.status].map((status) => rejectionReasons[status - 1] ?? "good");
}

/** The instruments of each line. */
function instrumentTexts(source: Uint8Array): string[] {
  const { columns } = parse(source);
  const ends = [...columns.instrumentsEnd];
  return ends.map((end, at) =>
    Buffer.from(columns.instruments.subarray(ends[at - 1] ?? 0, end)).toString(),
  );
}

/** What becomes of this line between two good ones: R5, a bad line takes no other with it. */
function outcomeOf(...line: (string | number[])[]): RejectionReason | "good" | undefined {
  const [before, outcome, after, ...more] = outcomes(bytes(good, "\n", ...line, "\n", good));
  expect([before, after, more]).toEqual(["good", "good", []]);
  return outcome;
}

describe("a good line", () => {
  test("becomes one element of each column", () => {
    const { columns, physicalLines } = parse(bytes(good, "\n"));
    expect(physicalLines).toBe(1);
    expect(columns).toEqual({
      count: 1,
      line: new Uint32Array([0]),
      start: new Uint32Array([0]),
      length: new Uint32Array([good.length]),
      status: new Uint8Array([0]),
      timestampUs: new BigInt64Array([1_703_583_267_602_982n]),
      velocity: new Float64Array([8020.29]),
      altitude: new Float64Array([300047.9]),
      latitude: new Float64Array([-11.06]),
      longitude: new Float64Array([-37.829]),
      instrumentsEnd: new Uint32Array([instruments.length]),
      instruments: Uint8Array.from(Buffer.from(instruments)),
      detail: new Uint32Array([0]),
      details: [],
    });
  });

  test.each([
    ["0001-01-01T00:00:00+15:59", -62_135_654_340_000_000n],
    ["1969-12-31T23:59:59.999999Z", -1n],
    ["1970-01-01T00:00:00.000001Z", 1n],
    ["1970-01-01T01:11:34.967296Z", 4_294_967_296n],
    ["9999-12-31T23:59:59.999999-15:59", 253_402_358_339_999_999n],
  ])("C30, C32: its time is exact in 64 bits: %s", (text, us) => {
    const { columns } = parse(bytes(good.replace("2023-12-26T09:34:27.602982Z", text)));
    expect(columns.timestampUs[0]).toBe(us);
  });

  test("has no element when there is none", () => {
    expect(parse(new Uint8Array(0))).toMatchObject({ physicalLines: 0, columns: { count: 0 } });
  });

  test("C38: that is repeated is there again", () => {
    expect(outcomes(bytes(`${good}\n`.repeat(3)))).toEqual(["good", "good", "good"]);
  });

  test("a chunk of 200 lines: every value is in its own line, beyond the lines that go together", () => {
    const lines = Array.from({ length: 200 }, (_, at) =>
      at % 7 === 3 ? "x" : good.replace("8020.29", `${at}`).replace("diabled", `é${at}`),
    );
    const source = bytes(lines.join("\n"));
    const texts = instrumentTexts(source);
    const { columns } = parse(source);
    for (const [at, line] of lines.entries()) {
      const start = columns.start[at] ?? 0;
      const text = Buffer.from(source.subarray(start, start + (columns.length[at] ?? 0)));
      expect(text.toString()).toBe(line);
      const expected = line === "x" ? [0, ""] : [at, instruments.replace("diabled", `é${at}`)];
      expect([columns.velocity[at], texts[at]]).toEqual(expected);
    }
  });
});

describe("R2: line ends and blank lines", () => {
  test("C5, C6: LF ends a line, one CR before it belongs to the end, and nothing else does", () => {
    const source = bytes(`${good}\r\n${good}\r\r\n${good}\n`);
    const { columns } = parse(source);
    expect([...columns.length]).toEqual([good.length, good.length + 1, good.length]);
    expect([...columns.status]).toEqual([0, 0, 0]);
  });

  test("C5: a lone CR ends no line", () => {
    expect(outcomes(bytes(`${good}\r${good}\n${good}`))).toEqual(["invalid_json", "good"]);
  });

  test.each(["\u2028", "\u0085", "\v", "\f"])(
    "C7: neither does %j, between values or in one",
    (end) => {
      expect(outcomes(bytes(good, end, good))).toEqual(["invalid_json"]);
      const inside = outcomeOf(good.replace("diabled", `a${end}b`));
      expect(inside).toBe(end < " " ? "invalid_json" : "good");
    },
  );

  test("C9: the last line needs no end; a CR at the end of the file is white space", () => {
    expect(outcomes(bytes(`${good}\n${good}`))).toEqual(["good", "good"]);
    expect(outcomes(bytes(`${good}\r`))).toEqual(["good"]);
    expect([...parse(bytes(`${good}\r`)).columns.length]).toEqual([good.length + 1]);
  });

  test("C11: a last line that is cut off is rejected", () => {
    expect(outcomes(bytes(`${good}\n${good.slice(0, 90)}`))).toEqual(["good", "invalid_json"]);
  });

  test("C10: blank lines are not counted, and physical numbers go on", () => {
    const { columns, physicalLines } = parse(bytes(`\n \t\r\n${good}\n\r\r\n\n${good}\n   `));
    expect([...columns.line]).toEqual([2, 5]);
    expect([...columns.start]).toEqual([5, 5 + good.length + 5]);
    expect(physicalLines).toBe(7);
  });

  test("C10: 200 000 blank lines take linear time", () => {
    const { columns, physicalLines } = parse(bytes("\n \r\n".repeat(100_000)));
    expect([columns.count, physicalLines]).toEqual([0, 200_000]);
  });

  test.each(["\u00a0", "\ufeff", "\v", "\f", "\u2028"])("%j is not blank", (character) => {
    expect(outcomeOf(character)).toBe("invalid_json");
  });

  test("white space around the object is good JSON", () => {
    expect(outcomeOf(` \t${good} \t\r`)).toBe("good");
  });
});

describe("before the fields, in this order", () => {
  test("line_too_long: longer than the limit, which is included and is without the line end", () => {
    const source = bytes(`${good}\r\n${good} \n${good}`);
    expect(outcomes(source, good.length)).toEqual(["good", "line_too_long", "good"]);
    const { columns } = parse(source, good.length);
    const tooLong = `${good.length + 1} bytes, at most ${good.length} are read`;
    expect([0, 1, 2].map((index) => detailOf(columns, index))).toEqual(["", tooLong, ""]);
    expect(columns.length[1]).toBe(good.length + 1);
  });

  test("C12: nul_byte: in a value, between values, alone", () => {
    expect(outcomeOf(good.replace("ok", "o\0k"))).toBe("nul_byte");
    expect(outcomeOf(good.replace(",", ",\0"))).toBe("nul_byte");
    expect(outcomeOf("\0")).toBe("nul_byte");
    expect(outcomeOf("\0".repeat(1_000))).toBe("nul_byte");
  });

  test.each([
    ["a byte that begins nothing", [0xff]],
    ["a character cut short", [0xe6, 0xbc]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["more than U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["Latin-1", [0xe9]],
  ])("R5, C16: invalid_utf8: %s, in a used and an unused value", (_what, wrong) => {
    const [begin = "", end = ""] = good.split("ok");
    expect(outcomeOf(begin, wrong, end)).toBe("invalid_utf8");
    expect(outcomeOf(good.slice(0, -1), ',"x":"', wrong, '"}')).toBe("invalid_utf8");
  });

  test("C16: good lines beside one that is not UTF-8 keep their characters", () => {
    const other = good.replace("ok", "漢🛰é\u2028");
    const source = bytes(other, "\n", [0xff], "\n", other);
    const expected = instruments.replace("ok", "漢🛰é\u2028");
    expect(instrumentTexts(source)).toEqual([expected, "", expected]);
  });

  test("C20: too_deep: 65 levels and 200 000, whether closed or not; 64 are good", () => {
    const nested = (levels: number) =>
      good.replace("{", `{"x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)},`);
    expect(outcomeOf(nested(64))).toBe("good");
    expect(outcomeOf(nested(65))).toBe("too_deep");
    expect(outcomeOf(nested(200_000))).toBe("too_deep");
    expect(outcomeOf("[".repeat(200_000))).toBe("too_deep");
    expect(outcomeOf(`${'{"x":'.repeat(65)}1${"}".repeat(65)}`)).toBe("too_deep");
    expect(outcomeOf('{"x":['.repeat(33))).toBe("too_deep");
    expect(outcomeOf('{"x":['.repeat(32))).toBe("invalid_json");
  });

  test("C20: brackets in strings do not count, nor do those that are closed", () => {
    expect(outcomeOf(good.replace("ok", "[{".repeat(100)))).toBe("good");
    expect(outcomeOf(good.replace("ok", '\\"[[\\\\\\"'.repeat(100)))).toBe("good");
    expect(outcomeOf(good.replace("{", `{"x":[${"[],{},".repeat(500)}[]],`))).toBe("good");
  });

  test.each([
    "{}}",
    "{",
    "}",
    "x",
    "{'a':1}",
    '{"a":1,}',
    '{"a":01}',
    '{"a":.5}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":+1}',
    '{"a":0x1}',
    '{"a":"\t"}',
    '{"a":"\\x"}',
    "{} {}",
    "undefined",
    "nul",
    "-",
    '"',
    "[1",
    "// {}",
    "<html>",
    "a,b,c",
    `\ufeff${good}`,
    `x${good}`,
    `${good}x`,
  ])("C26: invalid_json: %j", (line) => {
    expect(() => JSON.parse(line)).toThrow();
    expect(outcomeOf(line)).toBe("invalid_json");
  });

  test.each([
    "[]",
    "[{}]",
    `[${good}]`,
    "null",
    "true",
    "false",
    "1",
    "-0.5e3",
    '"text"',
    ' ["a"] ',
  ])("not_an_object: %s", (line) => {
    expect(outcomeOf(line)).toBe("not_an_object");
  });

  test("C4: UTF-16 and gzip, as lines", () => {
    expect(outcomeOf([0xff, 0xfe], Buffer.from(good, "utf16le").toString("latin1"))).toBe(
      "nul_byte",
    );
    expect(outcomeOf([0x1f, 0x8b, 0x08, 0x02, 0x99, 0x82])).toBe("invalid_utf8");
  });

  test("each reason stands before the next one", () => {
    const deep = "[".repeat(65);
    const worst = bytes("x", "\0", [0xff], deep);
    expect(outcomes(worst, worst.length - 1)).toEqual(["line_too_long"]);
    expect(outcomes(worst)).toEqual(["nul_byte"]);
    expect(outcomes(bytes("x", [0xff], deep))).toEqual(["invalid_utf8"]);
    expect(outcomes(bytes("x", deep))).toEqual(["too_deep"]);
    expect(outcomes(bytes("x[]"))).toEqual(["invalid_json"]);
    expect(outcomes(bytes("[]"))).toEqual(["not_an_object"]);
    expect(outcomes(bytes("{}"))).toEqual(["missing_field"]);
  });
});

describe("the fields", () => {
  test("C13, C15: escapes of NUL and half pairs reject the line only in a used string", () => {
    const said = (text: string) => outcomeOf(good.replace("diabled", text));
    expect(said("\\u0000")).toBe("invalid_string");
    expect(said("\\ud83d")).toBe("invalid_string");
    expect(said("\\ude00\\ud83d")).toBe("invalid_string");
    expect(said("\\ud83d\\ude00")).toBe("good");
    expect(said("\\\\u0000")).toBe("good");
    expect(outcomeOf(good.replace("27.602982Z", "27\\u0000Z"))).toBe("invalid_timestamp");
    expect(outcomeOf(good.replace("27.602982Z", "27Z\\ud83d"))).toBe("invalid_timestamp");
    expect(outcomeOf(good.replace("{", '{"\\u0000":"\\ud83d\\u0000",'))).toBe("good");
  });

  test("C23, C25: no number is made of anything else", () => {
    const velocity = (json: string) => outcomeOf(good.replace("8020.29", json));
    for (const json of ['"8020.29"', "true", "null", "[1]", "{}", "1e400", "-1e400"]) {
      expect(velocity(json)).toBe("wrong_type");
    }
  });

  test("C24: doubles are kept to the last bit", () => {
    for (const json of ["-0", "1e-400", "5e-324", "1.79e308", "9007199254740993", "0.1"]) {
      const { columns } = parse(bytes(good.replace("8020.29", json)));
      expect(columns.velocity[0]).toBe(Number(json));
    }
  });

  test("C27: ranges are left to the persister", () => {
    expect(outcomeOf(good.replace("-11.06", "90.0001"))).toBe("good");
  });

  test("C35: a second header in the middle is rejected", () => {
    expect(outcomeOf('{"satellite_type":"jackal_mk1"}')).toBe("missing_field");
  });

  test("R9, C21: of duplicate keys the last one counts", () => {
    const { columns } = parse(bytes(good.replace("}", ',"velocity":1}')));
    expect(columns.velocity[0]).toBe(1);
    expect(outcomeOf(good.replace("}", ',"velocity":null}'))).toBe("wrong_type");
    expect(outcomeOf(good.replace("{", '{"velocity":null,'))).toBe("good");
  });

  test("C22: __proto__ is a key like any other, and merges nothing", () => {
    expect(outcomeOf(`{"__proto__":${good}}`)).toBe("missing_field");
    expect(outcomeOf(good.replace("{", '{"__proto__":{"velocity":null},"constructor":1,'))).toBe(
      "good",
    );
    expect(Object.hasOwn(Object.prototype, "velocity")).toBe(false);
  });

  test("C22: what somebody put on Object.prototype is not in a line", () => {
    const property = { value: "ok", configurable: true };
    Object.defineProperty(Object.prototype, "instrument1", property);
    try {
      expect(outcomeOf(good.replace('"instrument1":"ok",', ""))).toBe("missing_field");
    } finally {
      Reflect.deleteProperty(Object.prototype, "instrument1");
    }
  });
});

describe("what is said of a rejected line", () => {
  const detail = (...line: (string | number[])[]) => detailOf(parse(bytes(...line)).columns, 0);

  test("a field's name, or a few words", () => {
    expect(detail(good.replace("8020.29", "null"))).toBe("velocity");
    expect(detail("{}")).toBe("timestamp");
    expect(detail("[]")).toBe("an array, not an object");
    expect(detail("null")).toBe("null, not an object");
    expect(detail("12")).toBe("a number, not an object");
    expect(detail("ab\0")).toBe("byte 3 of the line is NUL");
    expect(detail([0xff])).toBe("not UTF-8");
    expect(detail("[".repeat(65))).toBe("more than 64 levels");
    expect(detail("{")).toBe("the object is not closed");
    expect(detail("hello")).toBe("no JSON value begins like this");
  });

  test("the parser's words are short, well-formed and without control characters", () => {
    const lines = ["{\u0001\u001b[31m}", "[\u202ex]", "{🛰🛰🛰🛰🛰🛰🛰🛰🛰🛰🛰}", `[${"x".repeat(5_000)}`];
    for (const line of lines) {
      const words = detail(line);
      expect(words).toMatch(/JSON/);
      expect(words.length).toBeLessThanOrEqual(200);
      expect(words.isWellFormed()).toBe(true);
      expect(words).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });

  test("stack traces are as they were afterwards", () => {
    const before = Error.stackTraceLimit;
    parse(bytes("{x}\n"));
    expect(Error.stackTraceLimit).toBe(before);
  });

  test("C37: a chunk of bad lines has values of zero and no instruments", () => {
    const { columns } = parse(bytes("x\n{}\n[]\n"));
    expect([...columns.status]).toHaveLength(3);
    expect([...columns.detail]).toEqual([1, 2, 3]);
    expect(columns.instruments.length).toBe(0);
    expect([...columns.timestampUs]).toEqual([0n, 0n, 0n]);
  });
});

// A quadratic step would not come to its end within the limit of a test.
test("C19, S17: 50 000 bad lines of each kind take a bounded time", () => {
  const kinds = ["{x}", "x", "[]", "{}", good.slice(1), '{"timestamp":1}', "\0", "[".repeat(65)];
  for (const kind of kinds) {
    const { columns } = parse(bytes(`${kind}\n`.repeat(50_000)));
    expect(detailOf(columns, 49_999)).not.toBe("");
    expect(columns.details).toHaveLength(1); // All lines say the same.
  }
});
