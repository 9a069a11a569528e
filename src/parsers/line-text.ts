// From a line's text to the JSON object in it. The header goes the same way as every other line.
import { type LineObject, Rejection } from "../satellites/satellite.ts";
import { plainText } from "./plain-text.ts";

/** Levels of objects and arrays; the outermost object is the first (R9). */
export const maxDepth = 64;

const maxDetailLength = 200;

/** The JSON object that is all of `text`, or why it is none. Never throws. */
export function parseObject(text: string): LineObject | Rejection {
  if (isTooDeep(text)) return new Rejection("too_deep", `more than ${maxDepth} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return new Rejection("invalid_json", plainText(words, maxDetailLength));
  }
  if (isObject(value)) return value;
  return new Rejection("not_an_object", `${kindOf(value)} instead of an object`);
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

/**
 * Whether brackets nest deeper than `maxDepth`, JSON or not. JSON.parse itself takes 200 000 levels, and what walks
 * its value afterwards then overflows the stack. Nearly every line is cleared by having too few brackets.
 */
function isTooDeep(text: string): boolean {
  let left = maxDepth - countUpTo(maxDepth + 1, "{", text);
  if (left >= 0) left -= countUpTo(left + 1, "[", text);
  return left < 0 && nestsTooDeep(text);
}

function countUpTo(limit: number, character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    if (++count === limit) break;
  }
  return count;
}

/** Counts levels. What is between quotes is text, and a backslash there takes the next character with it. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x22) isInString = !isInString;
    else if (isInString) at += character === 0x5c ? 1 : 0;
    else if (character === 0x7b || character === 0x5b) depth++;
    else if (character === 0x7d || character === 0x5d) depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}
