// Text from outside made visible: what a screen would hide, act upon or turn around is named instead. What comes out is
// for text nodes; nothing here makes markup.

export interface TextRun {
  readonly text: string;
  /** Stands for a character that cannot be shown. */
  readonly isControl: boolean;
}

// C0, DEL and C1; zero-width characters, marks and overrides of direction, line and paragraph separators, the byte order
// mark; language tags; half surrogate pairs; U+FFFD, which stands for bytes that are not UTF-8.
const unshowable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const named: Readonly<Record<string, string>> = { "\t": "→\t", "\n": "↵", "\r": "␍", "\0": "␀" };

/** Cuts text into what can be shown and names for what cannot. */
export function textRuns(text: string): TextRun[] {
  const runs: TextRun[] = [];
  let from = 0;
  for (const match of text.matchAll(unshowable)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), isControl: false });
    runs.push({ text: nameOf(match[0]), isControl: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), isControl: false });
  return runs;
}

/** The same as one text, for names and other short texts. */
export function shownText(text: string): string {
  return text.replace(unshowable, nameOf);
}

function nameOf(character: string): string {
  const known = named[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  return `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
