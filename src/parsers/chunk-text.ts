// The bytes of a chunk as text, line by line. What can be asked of the whole chunk at once (is it ASCII, is it UTF-8,
// is there a NUL) is asked once, so that the lines of a good chunk are not looked at again. It knows nothing of JSON.
import { Buffer, isAscii, isUtf8 } from "node:buffer";
import { Rejection } from "../satellites/satellite.ts";

export class ChunkText {
  /** One character for each byte, so that places in it are places in the bytes. Not yet decoded. */
  readonly latin1: string;
  readonly #bytes: Buffer;
  readonly #isAscii: boolean;
  readonly #isUtf8: boolean;
  /** The first NUL that no line asked for has passed yet. */
  #nextNul: number;

  constructor(source: Uint8Array) {
    this.#bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    this.latin1 = this.#bytes.toString("latin1");
    this.#isAscii = isAscii(source);
    this.#isUtf8 = this.#isAscii || isUtf8(source);
    this.#nextNul = this.#findNul(0);
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
    if (this.#isAscii) return this.latin1.slice(start, end);
    if (!this.#isUtf8 && !isUtf8(this.#bytes.subarray(start, end))) {
      return new Rejection("invalid_utf8", "not UTF-8");
    }
    // Unlike a TextDecoder, this keeps a BOM unasked.
    return this.#bytes.toString("utf8", start, end);
  }

  #findNul(from: number): number {
    const at = this.latin1.indexOf("\0", from);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }
}
