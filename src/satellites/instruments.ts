// The instruments of a line as the text of a JSON object, ready for a jsonb column: exactly the type's names in the
// table's order, each string character by character ("" is not null). It does not judge what an instrument says.
import { notA, ownValue } from "./field.ts";
import { type LineObject, type Reading, Rejection } from "./satellite.ts";

/** What JSON text cannot hold as it is, or PostgreSQL not at all: for these a closer look is taken. */
const notPlain = /[^ !#-[\]-~]/;

export type InstrumentsReader = (line: LineObject, reading: Reading) => Rejection | undefined;

/** Makes the reader of a type's instruments. `names` are keys of its lines. */
export function instrumentsReader(names: readonly string[]): InstrumentsReader {
  // `{"a":`, then `,"b":`, made once and not for each line.
  const openings = names.map((name, at) => [name, `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`]);

  return (line, reading) => {
    let text = names.length === 0 ? "{" : "";
    for (const [name = "", opening = ""] of openings) {
      const value = ownValue(line, name);
      if (typeof value !== "string") return notA(name, value);
      if (!notPlain.test(value)) text += `${opening}"${value}"`;
      else if (isStorable(value)) text += opening + JSON.stringify(value);
      else return new Rejection("invalid_string", name);
    }
    reading.instruments = `${text}}`;
    return undefined;
  };
}

/** PostgreSQL stores neither a NUL nor half a surrogate pair (22P05, 22P02). */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
