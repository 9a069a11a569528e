// One short text for all values of a line: the generator works it out from what it wrote, the checker has PostgreSQL
// work it out from what is stored. Doubles count by their bytes, since the two print 1e-7 differently, and -0 as 0.
import { createHash } from "node:crypto";
import type { Values } from "./expectation.ts";

export function lineDigest(line: number, values: Values): string {
  const { velocity, altitude, latitude, longitude } = values;
  const doubles = [velocity, altitude, latitude, longitude].map(bytesOf);
  const parts = [line, values.timestampUs, ...doubles, jsonbText(values.instruments)];
  return md5(parts.join("|"));
}

export function md5(text: string | Uint8Array): string {
  return createHash("md5").update(text).digest("hex");
}

const double = Buffer.alloc(8);

function bytesOf(value: number): string {
  double.writeDoubleBE(value);
  return double.toString("hex");
}

/** As PostgreSQL prints a jsonb object whose keys have one length; its strings are those of JSON.stringify. */
function jsonbText(members: Readonly<Record<string, string>>): string {
  const keys = Object.keys(members).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${JSON.stringify(members[key])}`).join(", ")}}`;
}
