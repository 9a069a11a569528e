// The bytes of a rejected line on a terminal: all that is not visible is escaped, and what is no UTF-8 is shown byte
// by byte, so that one sees what was sent and it does nothing.
import { isUtf8 } from "node:buffer";
import { plainText } from "../../parsers/plain-text.ts";

/** @param raw the line, or its beginning. @returns at most so many characters */
export function rawText(raw: Uint8Array, maxLength: number): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const text = isUtf8(bytes) ? bytes.toString() : mixedText(bytes);
  return plainText(text, maxLength);
}

/** Characters where there are some, `\xff` where there are none. */
function mixedText(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterBytes(bytes, at);
    if (length === 0) text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
    else text += bytes.toString("utf8", at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/** Bytes of the character that begins at `at`; 0 if none does. */
function characterBytes(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
