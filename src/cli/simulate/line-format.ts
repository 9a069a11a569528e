// How the lines of a satellite type are written, from its keys and instruments alone: a new type needs nothing here.
// Lines are texts with one character for each byte (latin1), so that bytes which are no UTF-8 can be written too.
import { measurements, type SatelliteType } from "../../satellites/satellite.ts";

export type FieldKind = "timestamp" | (typeof measurements)[number] | "instrument";

interface Field {
  readonly kind: FieldKind;
  /** Its key as JSON, with a colon behind it. */
  readonly key: string;
}

/** A line's values as JSON, one for each field. */
export type Values = readonly string[];

export interface LineFormat {
  readonly header: string;
  readonly fields: readonly Field[];
}

export function lineFormat({ name, keys, instruments }: SatelliteType): LineFormat {
  const roles = ["timestamp", ...measurements] as const;
  return {
    header: bytesOf(JSON.stringify({ satellite_type: name })),
    fields: [
      ...roles.map((kind) => ({ kind, key: keyText(keys[kind]) })),
      ...instruments.map((name) => ({ kind: "instrument" as const, key: keyText(name) })),
    ],
  };
}

/** The line that says `values`, without its line end. */
export function lineText({ fields }: LineFormat, values: Values): string {
  let text = "{";
  for (let at = 0; at < fields.length; at++) {
    text += `${at === 0 ? "" : ","}${fields[at]?.key}${values[at]}`;
  }
  return `${text}}`;
}

/** @returns -1 if the type has none. */
export function fieldAt({ fields }: LineFormat, kind: FieldKind): number {
  return fields.findIndex((field) => field.kind === kind);
}

function keyText(key: string): string {
  return bytesOf(`${JSON.stringify(key)}:`);
}

/** The text's UTF-8, one character for each byte. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}
