// The scanner reads a line as JSON.parse and the type's rules do, or says nothing of it: whatever it takes is what the
// other way gives, and what it does not know it leaves alone.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { satelliteTypes } from "../../src/satellites/index.ts";
import type { LineObject, Reading } from "../../src/satellites/satellite.ts";
import { emptyReading } from "../../src/satellites/satellite-type.ts";

const good = {
  timestamp: "2024-05-01T12:00:00.123456Z",
  velocity: 8020.29,
  altitude: 300047.9,
  latitude: -11.05,
  longitude: 37.8,
  instrument1: "ok",
  instrument2: "idle",
};

function mk1() {
  const type = satelliteTypes.get("jackal_mk1");
  if (type === undefined) throw new Error("no such type");
  return type;
}

/** What all lines can go through. */
function slowly(text: string): Reading | undefined {
  let line: LineObject;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  const reading = emptyReading();
  const isObject = typeof line === "object" && line !== null;
  return isObject && mk1().normalise(line, reading) === undefined ? reading : undefined;
}

/** Learns the shape of one line and scans another, among bytes of others. */
function scan(learnt: string, text: string): Reading | undefined {
  const scanner = mk1().scanner();
  const [before, behind] = ['{"x":"', '"}\n{"timestamp":"'];
  const at = (line: string) => {
    const bytes = Buffer.from(before + line + behind);
    return { bytes, start: before.length, end: bytes.length - behind.length };
  };
  const first = at(learnt);
  scanner.learn(JSON.parse(learnt), first.bytes, first.start, first.end);
  const second = at(text);
  const reading = emptyReading();
  return scanner.scan(second.bytes, second.start, second.end, reading) ? reading : undefined;
}

const json = (change: Record<string, unknown> = {}) => JSON.stringify({ ...good, ...change });

describe("a line of the same shape", () => {
  test("is read as it is in the other way", () => {
    const other = json({
      velocity: -0.5,
      latitude: 90,
      instrument1: "",
      timestamp: "0001-01-01T00:00:00-15:59",
    });
    expect(scan(json(), other)).toEqual(slowly(other));
    expect(slowly(other)).toBeDefined();
  });

  test("may have keys in any order, further keys, and spaces", () => {
    const { timestamp, ...rest } = good;
    const lines = [
      JSON.stringify({ ...rest, timestamp }),
      JSON.stringify({ a: 1, ...good, "a b": "x", z: -2.5 }),
      JSON.stringify(good).replaceAll(":", ": ").replaceAll(",", ", "),
      `{ ${JSON.stringify(good).slice(1, -1)} }`,
    ];
    for (const line of lines) expect(scan(line, line), line).toEqual(slowly(line));
  });

  test("has its own instruments, whatever the line before said", () => {
    const scanner = mk1().scanner();
    const said = ["ok", "ok", "", "idle", "okay", "ok"].map((instrument1, at) => {
      const bytes = Buffer.from(json({ instrument1, instrument2: `${at % 2}` }));
      if (at === 0) scanner.learn(JSON.parse(bytes.toString()), bytes, 0, bytes.length);
      const reading = emptyReading();
      expect(scanner.scan(bytes, 0, bytes.length, reading)).toBe(true);
      return JSON.parse(reading.instruments);
    });
    expect(said.map(({ instrument1 }) => instrument1)).toEqual([
      "ok",
      "ok",
      "",
      "idle",
      "okay",
      "ok",
    ]);
    expect(said.map(({ instrument2 }) => instrument2)).toEqual(["0", "1", "0", "1", "0", "1"]);
  });
});

describe("left to the other way is a line", () => {
  const line = json();
  test.each<[string, string]>([
    ["that is cut off", line.slice(0, -1)],
    ["with something behind it", `${line}x`],
    ["with another key", line.replace("velocity", "velocitx")],
    ["without a key", JSON.stringify({ ...good, instrument2: undefined })],
    ["with a key twice", line.replace("}", ',"velocity":1}')],
    [
      "with keys in another order",
      JSON.stringify(Object.fromEntries(Object.entries(good).reverse())),
    ],
    ["with other spaces", line.replace(":", ": ")],
    ["with a number as text", json({ velocity: "1" })],
    ["with a text as number", json({ instrument1: 1 })],
    ["with null", json({ altitude: null })],
    ["with an exponent", line.replace("8020.29", "8e3")],
    ["with a number that is none", line.replace("8020.29", "08020.29")],
    ["with a number beyond all doubles", line.replace("8020.29", "9".repeat(400))],
    ["with an escape", json({ instrument1: 'a"b' })],
    ["with a character beyond ASCII", json({ instrument1: "\u{1f6f0}" })],
    ["with a control character", line.replace('"ok"', '"o\tk"')],
    ["with a NUL", line.replace('"ok"', '"o\0k"')],
    ["with a long instrument", json({ instrument1: "x".repeat(100) })],
    ["with a time that is none", json({ timestamp: "2024-02-30T12:00:00.123456Z" })],
    ["with a time of another length that is none", json({ timestamp: "2024-05-01T12:00Z" })],
    ["that is empty", ""],
  ])("%s", (_, other) => {
    expect(scan(line, other)).toBeUndefined();
  });

  test("before any was learnt", () => {
    const bytes = Buffer.from(line);
    expect(mk1().scanner().scan(bytes, 0, bytes.length, emptyReading())).toBe(false);
  });
});

/** Lines with one place changed: most are bad, and the scanner must not take one of them for good. */
const spoilt = fc
  .tuple(fc.nat(json().length), fc.nat(3), fc.string({ maxLength: 4 }))
  .map(([at, cut, put]) => json().slice(0, at) + put + json().slice(at + cut));

test("whatever it takes is what the other way gives", () => {
  fc.assert(
    fc.property(spoilt, (text) => {
      const scanned = scan(json(), text);
      if (scanned !== undefined) expect(scanned).toEqual(slowly(text));
    }),
    { numRuns: 5_000 },
  );
});

test("whatever was learnt, the next line is read as in the other way", () => {
  const shapes = fc.record({
    timestamp: fc.constantFrom(
      good.timestamp,
      "2024-05-01T12:00:00Z",
      "1999-12-31T23:59:59.9+05:30",
    ),
    velocity: fc.double({ noNaN: true, noDefaultInfinity: true }),
    altitude: fc.integer(),
    latitude: fc.float({ noNaN: true, noDefaultInfinity: true }),
    longitude: fc.double({ noNaN: true, noDefaultInfinity: true, min: -180, max: 180 }),
    instrument1: fc.string({ maxLength: 5 }),
    instrument2: fc.constantFrom("ok", "idle", "\u00e9", "a b"),
  });
  fc.assert(
    fc.property(
      shapes,
      shapes,
      fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue()),
      (a, b, more) => {
        const [first, second] = [
          JSON.stringify({ ...more, ...a }),
          JSON.stringify({ ...more, ...b }),
        ];
        const scanned = scan(first, second);
        if (scanned !== undefined) expect(scanned).toEqual(slowly(second));
      },
    ),
    { numRuns: 3_000 },
  );
});
