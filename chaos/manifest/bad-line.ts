// Lines that must be rejected, each with the reason that must be found beside it. A good line with one thing wrong.
import type { Random } from "../random.ts";
import { keysOf, lineText, type Members, type SatelliteName } from "./good-line.ts";

export interface BadLine {
  readonly bytes: Buffer;
  readonly reason: string;
}

/** What campaigns set DOWNLINK_MAX_LINE_BYTES to: small, so that a line that is too long is cheap. */
export const maxLineBytes = 10_000;
/** How much of a line that is too long must be stored. */
export const keptBytes = 4_096;

/** A velocity that no daemon refuses; see `Station` for the constraint that a database may have against it. */
export const refusedVelocity = 666.25;

type Maker = (members: Members, type: SatelliteName, random: Random) => Buffer;

const plain = (members: Members): string =>
  `{${members.map(([key, text]) => `"${key}":${text}`).join(",")}}`;

const changed = (members: Members, key: string, text: string): Members =>
  members.map(([name, old]) => [name, name === key ? text : old] as const);

function withByte(members: Members, byte: number): Buffer {
  const line = Buffer.from(plain(members));
  const at = line.lastIndexOf('"}');
  return Buffer.concat([line.subarray(0, at), Buffer.of(byte), line.subarray(at)]);
}

const texts = (...choices: [string, ...string[]]): Maker => {
  return (_members, _type, random) => Buffer.from(random.pick(choices));
};

const makers: Readonly<Record<string, Maker>> = {
  invalid_utf8: (members) => withByte(members, 0xff),
  nul_byte: (members) => withByte(members, 0),
  invalid_json: (members, _type, random) => {
    const line = plain(members);
    return Buffer.from(
      random.pick([line.slice(0, -1), `${line}${line}`, "not JSON", "{", `${line},`, "{'a':1}"]),
    );
  },
  not_an_object: texts("[]", "17", "null", '"text"', "true", "[{}]"),
  missing_field: (members, _type, random) => {
    const gone = random.below(members.length);
    return Buffer.from(plain(members.filter((_, at) => at !== gone)));
  },
  wrong_type: (members, type, random) => {
    const { velocity, instruments } = keysOf[type];
    const wrong: Members = random.pick([
      changed(members, velocity, '"12.5"'),
      changed(members, velocity, "null"),
      changed(members, velocity, "1e999"),
      changed(members, instruments[0] ?? "", "7"),
    ]);
    return Buffer.from(lineText(wrong, random));
  },
  invalid_timestamp: (members, type, random) => {
    const text = random.pick([
      "2023-02-30T00:00:00Z",
      "2023-12-26T09:34:60Z",
      "0000-01-01T00:00:00Z",
      "2023-12-26T09:34:27",
      "2023-12-26 09:34:27Z",
      "2023-12-26T09:34:27+16:00",
      "infinity",
      "",
    ]);
    return Buffer.from(plain(changed(members, keysOf[type].timestamp, `"${text}"`)));
  },
  out_of_range: (members, type, random) => {
    const { latitude, longitude } = keysOf[type];
    const wrong: Members = random.pick([
      changed(members, latitude, "90.00000000000001"),
      changed(members, latitude, "-91"),
      changed(members, longitude, "180.00000000000003"),
      changed(members, longitude, "1e300"),
    ]);
    return Buffer.from(plain(wrong));
  },
  invalid_string: (members, type, random) => {
    const text = random.pick(['"a\\u0000b"', '"\\ud83d"', '"\\udc00\\ud800"']);
    return Buffer.from(plain(changed(members, keysOf[type].instruments[0] ?? "", text)));
  },
  too_deep: (members) =>
    Buffer.from(`{"deep":${"[".repeat(64)}${"]".repeat(64)},${plain(members).slice(1)}`),
  line_too_long: (members) =>
    Buffer.from(`${plain(members).slice(0, -1)},"pad":"${"x".repeat(maxLineBytes)}"}`),
  database: (members, type) =>
    Buffer.from(plain(changed(members, keysOf[type].velocity, String(refusedVelocity)))),
};

/** Reasons of lines that are stored whole, and need nothing special of the database. */
export const commonReasons = [
  "invalid_utf8",
  "nul_byte",
  "invalid_json",
  "not_an_object",
  "missing_field",
  "wrong_type",
  "invalid_timestamp",
  "out_of_range",
  "invalid_string",
  "too_deep",
] as const;

/** @param members of a good line. */
export function badLine(
  reason: string,
  members: Members,
  type: SatelliteName,
  random: Random,
): BadLine {
  const make = makers[reason];
  if (make === undefined) throw new RangeError(`no such reason: ${reason}`);
  return { bytes: make(members, type, random), reason };
}
