// How much room a text takes on a terminal, and how it is made to take less. For texts without control characters.

const characters = new Intl.Segmenter();
const notAscii = /[^ -~]/;
/** What a terminal draws two columns wide: East Asian scripts and their punctuation, and pictures. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

/** Columns that `text` takes. */
export function displayWidth(text: string): number {
  if (!notAscii.test(text)) return text.length;
  return split(text).reduce((sum, character) => sum + widthOf(character), 0);
}

/** `text` in at most `columns`, its middle cut out if need be: a name's end often says more than its middle. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const all = split(text);
  const tailColumns = Math.floor((columns - 1) / 2);
  const head = take(all, columns - 1 - tailColumns);
  const tail = take(all.toReversed(), tailColumns).toReversed();
  return `${head.join("")}…${tail.join("")}`;
}

/** `text` in at most `columns`, its end cut off if need be. */
export function clip(text: string, columns: number): string {
  return displayWidth(text) <= columns ? text : `${take(split(text), columns - 1).join("")}…`;
}

/** As many of the first characters as there is room for. */
function take(all: readonly string[], columns: number): string[] {
  let left = columns;
  const end = all.findIndex((character) => {
    left -= widthOf(character);
    return left < 0;
  });
  return all.slice(0, end === -1 ? all.length : end);
}

/** Characters as people count them: a letter and its accent are one. */
function split(text: string): string[] {
  return Array.from(characters.segment(text), ({ segment }) => segment);
}

function widthOf(character: string): number {
  return wide.test(character) ? 2 : 1;
}
