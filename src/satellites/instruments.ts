// The instruments of a line as the text of a JSON object, ready for a jsonb column: exactly the type's names in the
// table's order, each string character by character ("" is not null). It does not judge what an instrument says.
import { notA, ownValue } from "./field.ts";
import { type LineObject, type Reading, Rejection } from "./satellite.ts";

export type InstrumentsReader = (line: LineObject, reading: Reading) => Rejection | undefined;

/**
 * Makes the reader of a type's instruments. `names` are keys of its lines.
 *
 * It remembers what the last line said: instruments are states, which seldom change from one line to the next.
 */
export function instrumentsReader(names: readonly string[]): InstrumentsReader {
  // Both change together, or a line would get another line's text.
  let last: readonly string[] = names.map(() => "");
  let lastText = objectText(names, last);

  return (line, reading) => {
    if (!saysTheSame(line, names, last)) {
      const values = readTexts(line, names);
      if (values instanceof Rejection) return values;
      last = values;
      lastText = objectText(names, values);
    }
    reading.instruments = lastText;
    return undefined;
  };
}

function saysTheSame(
  line: LineObject,
  names: readonly string[],
  values: readonly string[],
): boolean {
  return names.every((name, at) => ownValue(line, name) === values[at]);
}

function readTexts(line: LineObject, names: readonly string[]): readonly string[] | Rejection {
  const texts: string[] = [];
  for (const name of names) {
    const value = ownValue(line, name);
    if (typeof value !== "string") return notA(name, value);
    if (!isStorable(value)) return new Rejection("invalid_string", name);
    texts.push(value);
  }
  return texts;
}

/** The same for texts that are known to stand for themselves in JSON. */
export function plainObjectText(names: readonly string[], values: readonly string[]): string {
  return `{${names.map((name, at) => `${quote(name)}:"${values[at] ?? ""}"`).join(",")}}`;
}

function objectText(names: readonly string[], values: readonly string[]): string {
  const members = names.map((name, at) => `${quote(name)}:${quote(values[at] ?? "")}`);
  return `{${members.join(",")}}`;
}

/** What JSON text cannot hold as it is. Nearly all instruments say plain words. */
const notPlain = /[^ !#-[\]-~]/;

function quote(text: string): string {
  return notPlain.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** PostgreSQL stores neither a NUL nor half a surrogate pair (22P05, 22P02). */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
