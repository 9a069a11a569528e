// One field of a line: its value, and what is wrong when it is not what the type needs.
import { type LineObject, Rejection } from "./satellite.ts";

/** Own keys only. JSON knows no undefined: what is undefined is not there. */
export function ownValue(line: LineObject, key: string): unknown {
  return Object.hasOwn(line, key) ? line[key] : undefined;
}

/** The rejection of a field that has another type than it needs, null included, or that is missing. */
export function notA(key: string, value: unknown): Rejection {
  return new Rejection(value === undefined ? "missing_field" : "wrong_type", key);
}
