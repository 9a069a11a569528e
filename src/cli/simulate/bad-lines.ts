// Bad lines: every way in which a line can be wrong by itself. Not `line_too_long`, which depends on a setting and
// would make packages of many megabytes, and not `database`, which no line can cause.
import { maxDepth } from "../../parsers/nesting.ts";
import type { RejectionReason } from "../../satellites/satellite.ts";
import { fieldAt, type LineFormat, lineText, type Values } from "./line-format.ts";
import { below, between, pick, type Random, shuffled } from "./random.ts";

interface LineToSpoil {
  readonly format: LineFormat;
  readonly values: Values;
  readonly random: Random;
}

export type BadLineReason = Exclude<RejectionReason, "line_too_long" | "database">;

/** For each reason a way to spoil a good line, so that it is rejected for this reason. */
const spoilers: Readonly<Record<BadLineReason, (line: LineToSpoil) => string>> = {
  nul_byte: (line) => insertInto(line, "\0"),
  invalid_utf8: (line) => {
    // A byte that UTF-8 has not, half a character, an overlong slash, half a surrogate pair.
    return insertInto(line, pick(line.random, ["\xff", "\xc3", "\xc0\xaf", "\xed\xa0\xbd"]));
  },
  too_deep: (line) => {
    const levels = maxDepth + below(line.random, 8); // One more is the object around them.
    const nested = `${"[".repeat(levels)}${"]".repeat(levels)}`;
    return `${goodText(line).slice(0, -1)},"debug":${nested}}`;
  },
  invalid_json: breakJson,
  not_an_object: ({ random, values }) => {
    return pick(random, [`[${values.join(",")}]`, '"no carrier"', "null", "42", "true"]);
  },
  missing_field: ({ format, values, random }) => {
    const missing = below(random, format.fields.length);
    const isLeft = (_: unknown, at: number) => at !== missing;
    return lineText({ ...format, fields: format.fields.filter(isLeft) }, values.filter(isLeft));
  },
  wrong_type: confuseType,
  invalid_timestamp: (line) => replaceAt(line, fieldAt(line.format, "timestamp"), badTime(line)),
  invalid_string: (line) => {
    const text = pick(line.random, ['"ok\\u0000"', '"\\ud83d"', '"faulty \\udc4d"']);
    return replaceAt(line, fieldAt(line.format, "instrument"), text);
  },
  out_of_range: ({ random, ...line }) => {
    const [kind, limit] = pick(random, [
      ["latitude", 90],
      ["longitude", 180],
    ] as const);
    const degrees = pick(random, [-1, 1]) * (limit + between(random, 0.000_001, limit));
    return replaceAt(line, fieldAt(line.format, kind), degrees.toFixed(6));
  },
};

/** Why lines of this format can be bad. A type without instruments has no strings of theirs to spoil. */
export function badLineReasons(format: LineFormat): readonly BadLineReason[] {
  const hasInstruments = fieldAt(format, "instrument") !== -1;
  const all = Object.keys(spoilers).filter((key): key is BadLineReason => key in spoilers);
  return hasInstruments ? all : all.filter((reason) => reason !== "invalid_string");
}

/** The line of `values`, spoiled so that it is rejected for `reason`. One character for each byte. */
export function badLine(
  reason: BadLineReason,
  format: LineFormat,
  values: Values,
  random: Random,
): string {
  return spoilers[reason]({ format, values, random });
}

/** Bad lines of all kinds. The kinds are dealt like cards, so that already a few lines have each of them. */
export class BadLines {
  readonly #format: LineFormat;
  readonly #random: Random;
  #deck: BadLineReason[] = [];

  constructor(format: LineFormat, random: Random) {
    this.#format = format;
    this.#random = random;
  }

  next(values: Values): string {
    if (this.#deck.length === 0) this.#deck = shuffled(this.#random, badLineReasons(this.#format));
    const reason = this.#deck.pop() ?? "invalid_json";
    return badLine(reason, this.#format, values, this.#random);
  }
}

function goodText({ format, values }: LineToSpoil): string {
  return lineText(format, values);
}

/** Inside the line, so that it stays there when line ends are cut. */
function insertInto(line: LineToSpoil, bytes: string): string {
  const text = goodText(line);
  const at = 1 + below(line.random, text.length - 1);
  return text.slice(0, at) + bytes + text.slice(at);
}

function replaceAt(
  { format, values }: Pick<LineToSpoil, "format" | "values">,
  index: number,
  value: string,
): string {
  return lineText(format, values.with(index, value));
}

/** Cut off, as by a lost link, or wrong in one place, as by a careless writer. */
function breakJson(line: LineToSpoil): string {
  const text = goodText(line);
  return pick(line.random, [
    cutOff(text, 1 + below(line.random, text.length - 1)),
    `${text.slice(0, -1)},}`,
    text.replace(":", " "),
    replaceAt(line, fieldAt(line.format, "velocity"), "NaN"),
    "### transmission error ###",
  ]);
}

/** The first `length` bytes, fewer if a character would be cut in two: that is another fault. */
function cutOff(text: string, length: number): string {
  let end = length;
  while ((text.charCodeAt(end) & 0xc0) === 0x80) end--;
  return text.slice(0, end);
}

function confuseType(line: LineToSpoil): string {
  const index = below(line.random, line.values.length);
  const { kind } = line.format.fields[index] ?? { kind: "timestamp" };
  const { [index]: value = "" } = line.values;
  if (kind === "timestamp")
    return replaceAt(line, index, pick(line.random, ["1577836800", "null"]));
  if (kind === "instrument")
    return replaceAt(line, index, pick(line.random, ["0", "null", "true"]));
  return replaceAt(line, index, pick(line.random, [`"${value}"`, "null", "1e999"]));
}

function badTime({ format, values, random }: LineToSpoil): string {
  const good = values[fieldAt(format, "timestamp")] ?? "";
  return pick(random, [
    good.replace("T", " "),
    good.replace("Z", ""), // No zone.
    good.replace("Z", "z"),
    good.replace(/-\d\d-\d\dT/, "-02-30T"),
    good.replace(/:\d\d\./, ":60."),
    good.replace("Z", "+16:00"),
    '""',
  ]);
}
