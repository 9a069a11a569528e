// The name of a package: bytes, as the file system has them, and text, as people see it. A name is data: it comes from
// outside, is never part of a path of ours but as the last component, and may not be valid UTF-8.

export interface PackageName {
  /** As the file system has it. */
  readonly bytes: Buffer;
  /** For the ledger, the log and people; bytes that are no UTF-8 are percent-escaped. */
  readonly text: string;
}

export function packageName(bytes: Buffer): PackageName {
  return { bytes, text: shownText(bytes) };
}

/** `prefix` and the name joined by a slash, as bytes, since a string could not hold every name. */
export function pathOf(folder: string, name: PackageName): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name.bytes]);
}

const unfinished = /^\.|(\.part|\.tmp|\.filepart|\.swp|~)$/;

/** Whether a name says that the file is hidden or still being written: such files are left where they are. */
export function isLeftAlone(name: PackageName): boolean {
  return unfinished.test(name.text);
}

const longestKeptBytes = 200;

/** The name of a package in failed/ and archive/: `<file id>-<name>`, at most 200 bytes of valid UTF-8. */
export function keptName(fileId: number, name: PackageName): string {
  const whole = Buffer.from(`${fileId}-${name.text}`);
  if (whole.length <= longestKeptBytes) return whole.toString();
  let end = longestKeptBytes;
  while (((whole[end] ?? 0) & 0xc0) === 0x80) end--; // Not inside a character.
  return whole.subarray(0, end).toString();
}

function shownText(bytes: Buffer): string {
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  let shown = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterBytes(bytes, at);
    if (length === 0) shown += `%${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
    else shown += bytes.toString("utf8", at, at + length);
    at += Math.max(1, length);
  }
  return shown;
}

/** Bytes of the valid UTF-8 character that begins at `at`; 0 if none does. */
function characterBytes(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const character = bytes.subarray(at, at + length);
    if (Buffer.from(character.toString()).equals(character)) return length;
  }
  return 0;
}
