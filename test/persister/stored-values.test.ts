// What a line says is what PostgreSQL holds: encoded in binary, copied into the real table and read back, equal to the
// last bit and microsecond. And what validation lets through, PostgreSQL takes.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRows } from "../../src/persister/copy-stream.ts";
import { copyTelemetry, encodeTelemetry } from "../../src/persister/telemetry-rows.ts";
import { validate } from "../../src/persister/validation.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { jackalMk2 } from "../../src/satellites/jackal-mk2.ts";
import type { SatelliteType } from "../../src/satellites/satellite.ts";
import type { StagedChunk } from "../../src/staging/staged-chunk.ts";
import { anyDouble, anyText, anyTimestamp, degrees } from "../support/arbitrary-values.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { chunkOf, range } from "../support/package-fixture.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const linesAtOnce = 200;
let nextFileId = 1;
let [good, bad] = [0, 0];

/** Some thousands of values, in COPYs of some hundred lines, each under a file id of its own. */
function forMany<Value>(
  value: fc.Arbitrary<Value>,
  check: (values: readonly Value[], fileId: number) => Promise<void>,
): Promise<void> {
  const values = fc.array(value, { minLength: 1, maxLength: linesAtOnce, size: "max" });
  const property = fc.asyncProperty(values, (some) => check(some, nextFileId++));
  return fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 15_000 });
}

async function copyIn(fileId: number, chunk: StagedChunk): Promise<void> {
  const client = await database.pool.connect();
  try {
    const piece = encodeTelemetry(fileId, { chunk, from: 0, to: chunk.count });
    await copyRows(client, copyTelemetry, [piece]);
  } finally {
    client.release();
  }
}

/** A row as text that no driver has turned into a number or a Date. */
interface StoredRow {
  readonly line: number;
  readonly us: string;
  readonly doubles: string;
  readonly instruments: string;
}

const rowsOf = (fileId: number) =>
  database.rows<StoredRow>(
    `SELECT line, (extract(epoch FROM timestamp) * 1000000)::bigint::text AS us,
            encode(float8send(velocity) || float8send(altitude) || float8send(latitude) || float8send(longitude), 'hex') AS doubles,
            instruments::text FROM telemetry WHERE file_id = $1 ORDER BY line`,
    [fileId],
  );

function hexOf(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, at) => {
    bytes.writeDoubleBE(number, at * 8);
  });
  return bytes.toString("hex");
}

/** As jsonb prints it, which is how JSON.stringify prints it but for the spaces. */
const jsonbText = (instruments: Readonly<Record<string, string>>) =>
  `{${Object.entries(instruments)
    .map(([name, text]) => `${JSON.stringify(name)}: ${JSON.stringify(text)}`)
    .join(", ")}}`;

/** JSON.stringify writes -0 as 0. */
const json = (value: number) => (Object.is(value, -0) ? "-0" : JSON.stringify(value));

/** Reads the R7 text in a way of its own: whole seconds by Date, the fraction as digits. */
function microsecondsOf(text: string): bigint {
  const [, seconds = "", digits = "", zone = ""] = /^(.{19})(?:\.(\d+))?(.+)$/.exec(text) ?? [];
  return (
    BigInt(Date.parse(`${seconds}${zone}`)) * 1_000n + BigInt(digits.slice(0, 6).padEnd(6, "0"))
  );
}

const measured = fc.record({
  time: anyTimestamp,
  numbers: fc.tuple(anyDouble, anyDouble, degrees(90), degrees(180)),
  texts: fc.tuple(anyText, anyText, anyText),
});

test.each([jackalMk1, jackalMk2])("$name: every value comes back as it was sent", (type) =>
  forMany(measured, async (sent, fileId) => {
    const lines = sent.map(({ time, numbers, texts }) => lineOf(type, time, numbers, texts));
    const chunk = chunkOf(lines, undefined, type);
    validate({ chunk, from: 0, to: chunk.count }, type.keys);
    expect(chunk.columns.details).toEqual([]); // All of it is allowed.
    await copyIn(fileId, chunk);
    const expected = sent.map(({ time, numbers, texts }, at) => ({
      line: at + 2,
      us: String(microsecondsOf(time)),
      doubles: hexOf(numbers),
      instruments: jsonbText(instrumentsOf(type, texts)),
    }));
    expect(await rowsOf(fileId)).toEqual(expected);
  }),
);

/** Mostly right, and now and then anything: what is written stands in the line as it is. */
const anyField = fc.oneof(
  { weight: 6, arbitrary: anyDouble.map(json) },
  fc.constantFrom("90", "-180.00000000000003", "1e400", "null", '"1"', "NaN", "01", "true", "[]"),
);
const anyWord = fc.oneof(
  { weight: 6, arbitrary: anyText.map((text) => JSON.stringify(text)) },
  fc.constantFrom('"\\u0000"', '"\\ud800"', "1", "null", '"\\u0000x"', '"\\ud83d\\ude00"'),
);
const anyTime = fc.oneof(
  { weight: 6, arbitrary: anyTimestamp.map((text) => JSON.stringify(text)) },
  fc.constantFrom('"0000-01-01T00:00:00Z"', '"10000-01-01T00:00:00Z"', '"infinity"', '"now"'),
  fc.constantFrom('"2023-02-30T00:00:00Z"', '"2023-01-01T00:00:60Z"', '"9999-12-31T24:00:00Z"'),
);

/** A line of the type with anything in it. */
function anyLine({ keys, instruments }: SatelliteType): fc.Arbitrary<string> {
  const fields = fc.tuple(anyField, anyField, anyField, anyField);
  return fc
    .tuple(anyTime, fields, anyWord, anyWord, anyWord)
    .map(([time, [velocity, altitude, latitude, longitude], ...words]) => {
      const members = [
        [keys.timestamp, time],
        [keys.velocity, velocity],
        [keys.altitude, altitude],
        [keys.latitude, scaled(latitude, 2)],
        [keys.longitude, scaled(longitude, 1)],
        ...instruments.map((name, at) => [name, words[at]]),
      ];
      return `{${members.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
    });
}

test.each([jackalMk1, jackalMk2])("$name: what validation accepts, PostgreSQL accepts", (type) =>
  forMany(anyLine(type), async (lines, fileId) => {
    const chunk = chunkOf(lines, undefined, type);
    validate({ chunk, from: 0, to: chunk.count }, type.keys);
    await copyIn(fileId, chunk);
    const { timestampUs, velocity, altitude, latitude, longitude } = chunk.columns;
    const expected = range(0, chunk.count - 1)
      .filter((at) => chunk.isGood(at))
      .map((at) => ({
        line: chunk.lineOf(at),
        us: String(timestampUs[at]),
        doubles: hexOf([velocity, altitude, latitude, longitude].map((column) => column[at] ?? 0)),
      }));
    const found = await rowsOf(fileId);
    expect(found.map(({ instruments: _, ...row }) => row)).toEqual(expected);
    good += expected.length;
    bad += chunk.count - expected.length;
  }),
);

test("both kinds of lines were tried, good ones and bad ones", () => {
  expect(Math.min(good, bad)).toBeGreaterThan(linesAtOnce);
});

/** Brings most numbers into the range of degrees. */
function scaled(text: string, divisor: number): string {
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) > 180 ? json((value % 180) / divisor) : text;
}

function lineOf(
  { keys, instruments }: SatelliteType,
  time: string,
  [velocity, altitude, latitude, longitude]: readonly [number, number, number, number],
  texts: readonly string[],
): string {
  const named = instruments.map((name, at) => `"${name}":${JSON.stringify(texts[at])}`);
  const numbers = [
    [keys.velocity, velocity],
    [keys.altitude, altitude],
    [keys.latitude, latitude],
    [keys.longitude, longitude],
  ] as const;
  const written = numbers.map(([key, value]) => `"${key}":${json(value)}`);
  return `{"${keys.timestamp}":${JSON.stringify(time)},${[...written, ...named].join(",")}}`;
}

function instrumentsOf({ instruments }: SatelliteType, texts: readonly string[]) {
  return Object.fromEntries(instruments.map((name, at) => [name, texts[at] ?? ""]));
}
