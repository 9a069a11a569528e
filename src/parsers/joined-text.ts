// Many short texts as one run of UTF-8 with the place where each one ends: encoded once at the end, since a call of
// the encoder for each text costs more than the text.
export class JoinedText {
  readonly #ends: Uint32Array;
  #text = "";

  /** @param ends gets the byte at which each text ends. */
  constructor(ends: Uint32Array) {
    this.#ends = ends;
  }

  /** To be called for each index once, in ascending order. */
  add(index: number, text: string): void {
    this.#text += text;
    this.#ends[index] = this.#text.length;
  }

  /**
   * @param room where they go if they fit
   * @returns them there, or in an ArrayBuffer of its own, which can be transferred (those of short Buffers cannot).
   */
  toBytes(room?: Uint8Array): Uint8Array {
    const bytes = (room && this.#into(room)) ?? new TextEncoder().encode(this.#text);
    if (bytes.length !== this.#text.length) this.#countBytes();
    return bytes;
  }

  #into(room: Uint8Array): Uint8Array | undefined {
    const { read, written } = new TextEncoder().encodeInto(this.#text, room);
    return read === this.#text.length ? room.subarray(0, written) : undefined;
  }

  /** Not all is ASCII: from characters to bytes. */
  #countBytes(): void {
    let [start, bytes] = [0, 0];
    for (const [index, end] of this.#ends.entries()) {
      bytes += Buffer.byteLength(this.#text.slice(start, end));
      this.#ends[index] = bytes;
      start = end;
    }
  }
}
