// The bytes of a chunk as text, line by line. What can be asked of the whole chunk at once (is it ASCII, is it UTF-8,
// is there a NUL) is asked once, and not before a line is asked for: most lines of a chunk never are, since the scanner
// reads them from their bytes. It knows nothing of JSON.
import { Buffer, isAscii, isUtf8 } from "node:buffer";
import { Rejection } from "../satellites/satellite.ts";

export class ChunkText {
  readonly #bytes: Buffer;
  #encoding: "ascii" | "utf8" | "unknown" | undefined;
  /** The first NUL that no line asked for has passed yet. */
  #nextNul = -1;

  constructor(source: Uint8Array) {
    this.#bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }

  /**
   * The text from `start` to `end`, or why it is none. To be asked for in ascending order: so each NUL is searched
   * for once, and a chunk of a million lines takes no more than one look at each byte.
   */
  slice(start: number, end: number): string | Rejection {
    if (this.#nextNul < start) this.#nextNul = this.#findNul(start);
    if (this.#nextNul < end) {
      return new Rejection("nul_byte", `byte ${this.#nextNul - start + 1} of the line is NUL`);
    }
    this.#encoding ??= encodingOf(this.#bytes);
    if (this.#encoding === "ascii") return this.#bytes.toString("latin1", start, end);
    if (this.#encoding === "unknown" && !isUtf8(this.#bytes.subarray(start, end))) {
      return new Rejection("invalid_utf8", "not UTF-8");
    }
    // Unlike a TextDecoder, this keeps a BOM unasked.
    return this.#bytes.toString("utf8", start, end);
  }

  #findNul(from: number): number {
    const at = this.#bytes.indexOf(0, from);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }
}

function encodingOf(bytes: Uint8Array): "ascii" | "utf8" | "unknown" {
  if (isAscii(bytes)) return "ascii";
  return isUtf8(bytes) ? "utf8" : "unknown";
}
