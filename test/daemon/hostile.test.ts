// A package of nothing but hostile lines, among them good ones with everything that a string may hold: it is loaded to
// its end, each bad line is rejected for the right reason, each good one arrives character by character.
import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { filesIn } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
  await station.start();
});
afterAll(() => station.close());

const fields = {
  timestamp: '"2024-02-29T12:00:00.123456Z"',
  velocity: "8000.5",
  altitude: "300000",
  latitude: "1",
  longitude: "2",
  instrument1: '"ok"',
  instrument2: '"ok"',
};

/** The good line with some of its values replaced by JSON text, or left out. */
function line(change: Partial<Record<string, string | undefined>> = {}): string {
  const entries = Object.entries({ ...fields, ...change }).filter(([, json]) => json !== undefined);
  return `{${entries.map(([key, json]) => `"${key}":${json}`).join(",")}}`;
}

const raw = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  );

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

/** What is sent, and the reason for which it is rejected; without one, what instrument1 must say afterwards. */
const cases: readonly (readonly [
  name: string,
  bytes: string | Buffer,
  outcome: { reason: string } | { instrument1: string } | { us: string },
])[] = [
  [
    "invalid UTF-8",
    raw(line({ instrument1: '"' }).slice(0, -20), [0xff, 0xfe], '"}'),
    { reason: "invalid_utf8" },
  ],
  ["overlong UTF-8", raw('{"x":"', [0xc0, 0xaf], '"}'), { reason: "invalid_utf8" }],
  ["a NUL byte", raw(line().slice(0, 10), [0], line().slice(10)), { reason: "nul_byte" }],
  [
    "a NUL escape in a used string",
    line({ instrument1: '"a\\u0000b"' }),
    { reason: "invalid_string" },
  ],
  [
    "a NUL escape in a time",
    line({ timestamp: '"2024-02-29T12:00:00\\u0000Z"' }),
    { reason: "invalid_timestamp" },
  ],
  [
    "six characters that look like one",
    line({ instrument1: '"\\\\u0000"' }),
    { instrument1: "\\u0000" },
  ],
  ["a NUL escape in an unused key", line({ other: '"\\u0000"' }), { instrument1: "ok" }],
  ["a lone surrogate", line({ instrument2: '"\\ud83d"' }), { reason: "invalid_string" }],
  ["a pair of surrogates", line({ instrument1: '"\\ud83d\\ude80"' }), { instrument1: "🚀" }],
  ["NaN", line({ velocity: "NaN" }), { reason: "invalid_json" }],
  ["1e400", line({ altitude: "1e400" }), { reason: "wrong_type" }],
  ["a number as text", line({ velocity: '"8000"' }), { reason: "wrong_type" }],
  ["null", line({ instrument1: "null" }), { reason: "wrong_type" }],
  ["a missing field", line({ longitude: undefined }), { reason: "missing_field" }],
  ["__proto__ in place of fields", `{"__proto__":${line()}}`, { reason: "missing_field" }],
  [
    "__proto__ beside the fields",
    line({ __proto__x: "1", ["__proto__"]: '{"velocity":1}' }),
    { instrument1: "ok" },
  ],
  ["two hundred levels", line({ other: nested(200) }), { reason: "too_deep" }],
  ["64 levels", line({ other: nested(63) }), { instrument1: "ok" }],
  ["65 levels", line({ other: nested(64) }), { reason: "too_deep" }],
  ["an array", "[1,2]", { reason: "not_an_object" }],
  ["a second header", '{"satellite_type":"jackal_mk1"}', { reason: "missing_field" }],
  ["a line of 2 MiB", `{"x":"${"a".repeat(2 * 2 ** 20)}"}`, { reason: "line_too_long" }],
  ["COPY's own null", line({ instrument1: '"\\\\N"' }), { instrument1: "\\N" }],
  ["COPY's own end", line({ instrument1: '"\\\\."' }), { instrument1: "\\." }],
  [
    "tabs, quotes, line ends",
    line({ instrument1: '"\\t\\"\\r\\n\\\\"' }),
    { instrument1: '\t"\r\n\\' },
  ],
  [
    "separators",
    line({ instrument1: '"\u2028\u2029\u0085"' }),
    { instrument1: "\u2028\u2029\u0085" },
  ],
  ["nothing", line({ instrument1: '""' }), { instrument1: "" }],
  ["the last of two keys", `${line().slice(0, -1)},"instrument1":"last"}`, { instrument1: "last" }],
  ["year 0000", line({ timestamp: '"0000-01-01T00:00:00Z"' }), { reason: "invalid_timestamp" }],
  ["year 10000", line({ timestamp: '"10000-01-01T00:00:00Z"' }), { reason: "invalid_timestamp" }],
  ["30 February", line({ timestamp: '"2024-02-30T00:00:00Z"' }), { reason: "invalid_timestamp" }],
  ["second 60", line({ timestamp: '"2016-12-31T23:59:60Z"' }), { reason: "invalid_timestamp" }],
  ["hour 24", line({ timestamp: '"2024-01-01T24:00:00Z"' }), { reason: "invalid_timestamp" }],
  ["no zone", line({ timestamp: '"2024-01-01T00:00:00"' }), { reason: "invalid_timestamp" }],
  [
    "offset 16:00",
    line({ timestamp: '"2024-01-01T00:00:00+16:00"' }),
    { reason: "invalid_timestamp" },
  ],
  [
    "offset 15:59",
    line({ timestamp: '"2024-01-01T00:00:00.9999999+15:59"' }),
    { us: "1704009660999999" },
  ],
  [
    "the first moment",
    line({ timestamp: '"0001-01-01T00:00:00.000001Z"' }),
    { us: "-62135596799999999" },
  ],
  [
    "the last moment",
    line({ timestamp: '"9999-12-31T23:59:59.999999Z"' }),
    { us: "253402300799999999" },
  ],
  ["beyond the pole", line({ latitude: "90.00000000000001" }), { reason: "out_of_range" }],
  ["at the pole", line({ latitude: "-90", longitude: "180" }), { instrument1: "ok" }],
  ["shape before range", line({ latitude: "91", instrument2: "1" }), { reason: "wrong_type" }],
];

const physicalLine = (index: number) => 2 + index * 2; // A blank line after each.

test("every line of a hostile package ends where it belongs", async () => {
  const bom = [0xef, 0xbb, 0xbf];
  const lines = cases.flatMap(([, bytes], n) => [bytes, n % 2 === 0 ? "\r\n \t\r\n" : "\n\n"]);
  const bytes = raw(
    bom,
    '{"satellite_type":"jackal_mk1"}\r\n',
    ...lines.map((part) => (typeof part === "string" ? part : [...part])),
  );
  await drop(station.dir, "hostile", bytes);
  const [file] = await station.check.ended(1);
  const rejected = cases.filter(([, , outcome]) => "reason" in outcome).length;
  expect(file).toMatchObject({ status: "complete", total_lines: cases.length, errors: rejected });

  const reasons = new Map(
    (
      await station.check.query<{ line: number; reason: string }>(
        "SELECT line, reason FROM rejected_lines",
      )
    ).map(({ line: at, reason }) => [at, reason]),
  );
  const readings = new Map(
    (
      await station.check.query<{ line: number; us: string; instruments: { instrument1: string } }>(
        "SELECT line, (extract(epoch FROM timestamp) * 1000000)::bigint::text AS us, instruments FROM telemetry",
      )
    ).map((row) => [row.line, row]),
  );
  for (const [index, [name, , outcome]] of cases.entries()) {
    const at = physicalLine(index);
    const reading = readings.get(at);
    if ("reason" in outcome) expect(reasons.get(at), name).toBe(outcome.reason);
    else if ("us" in outcome) expect(reading?.us, name).toBe(outcome.us);
    else expect(reading?.instruments.instrument1, name).toBe(outcome.instrument1);
  }
  await station.check.expectInvariants();
});

test("a line that is not stored whole sends the package to archive/", async () => {
  await atRest(station.dir);
  const { archive } = await filesIn(station.dir);
  expect(archive).toEqual(["1-hostile"]);
});
