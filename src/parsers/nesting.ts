// How deep the brackets of a text nest. JSON.parse takes 200 000 levels, and what walks its value afterwards then
// overflows the stack: so the depth is known before. Whether the text is JSON is not asked here.

/** Levels of objects and arrays; the outermost object is the first (R9). */
export const maxDepth = 64;

/** Whether brackets nest deeper than `maxDepth`. Nearly every line is cleared by having too few of them. */
export function isTooDeep(text: string): boolean {
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

const quote = 0x22;
const backslash = 0x5c;
const opening = "{[";
const closing = "}]";

/** Counts levels. What is between quotes is text, and a backslash there takes the next character with it. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) isInString = !isInString;
    else if (isInString) at += character === backslash ? 1 : 0;
    else if (isOneOf(opening, character)) depth++;
    else if (isOneOf(closing, character)) depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}

function isOneOf(brackets: string, character: number): boolean {
  return character === brackets.charCodeAt(0) || character === brackets.charCodeAt(1);
}
