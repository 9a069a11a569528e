// Words of a package in sentences for a person: a log, a column, a page. What is not visible is escaped, so that it
// can neither move a cursor nor turn the rest of the line around, and the whole is cut short.

/** Controls, formats (U+202E turns text around), line separators, half surrogate pairs. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const everyInvisible = new RegExp(invisible, "gu");

/** `text` on one line, at most `maxLength` characters long, well-formed and without control characters. */
export function plainText(text: string, maxLength: number): string {
  const start = text.slice(0, maxLength); // Escapes only make it longer.
  const escaped = invisible.test(start) ? start.replace(everyInvisible, codeOf) : start;
  const isWhole = text.length <= maxLength && escaped.length <= maxLength;
  return isWhole ? escaped : cut(escaped, maxLength);
}

function codeOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const hex = codePoint.toString(16);
  return codePoint > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** Ends in an ellipsis, and never in half a surrogate pair. */
function cut(text: string, maxLength: number): string {
  const short = text.slice(0, maxLength - 1);
  return `${short.isWellFormed() ? short : short.slice(0, -1)}…`;
}
