// From a line's text to the JSON object in it. The header goes the same way as every other line.
import { type LineObject, Rejection } from "../satellites/satellite.ts";
import { isTooDeep, maxDepth } from "./nesting.ts";
import { plainText } from "./plain-text.ts";

const maxDetailLength = 200;

/** The JSON object that is all of `text`, or why it is none. Never throws. */
export function parseObject(text: string): LineObject | Rejection {
  if (isTooDeep(text)) return new Rejection("too_deep", `more than ${maxDepth} levels`);
  const fault = faultAtTheEdge(text);
  if (fault !== undefined) return new Rejection("invalid_json", fault);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return new Rejection("invalid_json", plainText(words, maxDetailLength));
  }
  return isObject(value)
    ? value
    : new Rejection("not_an_object", `${kindOf(value)}, not an object`);
}

/**
 * What is no JSON by its first or last character, as most bad lines are: cut off, or no JSON at all. JSON.parse would
 * say it too, but a SyntaxError costs four times as much as a good line.
 */
function faultAtTheEdge(text: string): string | undefined {
  const start = text.charAt(0);
  if (start === "{") return endsObject(text) ? undefined : "the object is not closed";
  // A BOM is no white space in JSON.
  return /[[{"\d\-tfn \t\r]/.test(start) ? undefined : "no JSON value begins like this";
}

/** Whether the last character but white space is a closing brace. A line feed is in no line. */
function endsObject(text: string): boolean {
  let at = text.length - 1;
  while (at > 0 && " \t\r".includes(text.charAt(at))) at--;
  return text.charAt(at) === "}";
}

function isObject(value: unknown): value is LineObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a JSON value is, in words. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
