// Cuts the bytes of a file into chunks of whole lines. LF alone ends a line; the last line needs none. Pure and
// synchronous: it reads no file, and does not look into lines. It lends the buffer to read into and hands out views of
// it, one of each buffer at most, so that a byte is copied only if its line was unfinished when the buffer was full:
// then once, to the front of the next buffer, or when a line outgrows a buffer, which doubles.
//
// States: *collecting*, the buffer holds whole lines and the beginning of one; *skipping*, the line at hand is too
// long, only its first bytes are kept, and the buffer is used over and over until its LF comes. It cuts only when the
// buffer is full or the file has ended, so the cuts depend on the bytes alone, and not on how they came.
import { chunkBytes as usualChunkBytes } from "../staging/chunk-memory.ts";
import { areBlank } from "./line-bounds.ts";

/** Whole lines, to be parsed. */
export interface LinesCut {
  readonly kind: "lines";
  /** Byte of the file at which the first line begins. */
  readonly offset: number;
  /** Byte of the file behind the last line. */
  readonly nextOffset: number;
  /** A view of a buffer that the cutter has let go of, and that may be transferred. */
  readonly bytes: Uint8Array;
}

/** One line too long to be held. Lines little longer than the limit come in a `LinesCut` and are for the parser. */
export interface LongLineCut {
  readonly kind: "long_line";
  readonly offset: number;
  readonly nextOffset: number;
  /** Of the line without its line end. */
  readonly lengthBytes: number;
  /** Its first 4096 bytes. */
  readonly head: Uint8Array;
  /** Nothing but spaces, tabs and CRs: such a line does not count (R2). */
  readonly isBlank: boolean;
}

export type Cut = LinesCut | LongLineCut;

export interface CutterOptions {
  /** Where in the file the first byte comes from: a line's first. Default 0. */
  readonly offset?: number;
  /** A line longer than that, without its line end, may be cut short. */
  readonly maxLineBytes: number;
  /** How long a chunk becomes, unless one line is longer. Default 256 KiB. */
  readonly chunkBytes?: number;
  /** Where buffers of that length come from, and go of which nothing was cut. Default: new ones. */
  readonly memory?: CutterMemory | undefined;
}

interface CutterMemory {
  take(): Uint8Array;
  give(buffer: Uint8Array): void;
}

/** Bytes that a line may have and that do not count: a BOM in front of the header, CR and LF. */
const uncountedBytes = 5;
const headBytes = 4_096;
const lineFeed = 10;
const carriageReturn = 13;

interface Skipped {
  readonly offset: number;
  readonly head: Uint8Array;
  isBlank: boolean;
  /** The last byte so far, which belongs to the line end if LF follows. */
  lastByte: number;
}

export class ChunkCutter {
  readonly #chunkBytes: number;
  readonly #longestBytes: number;
  readonly #memory: CutterMemory;
  #buffer: Uint8Array;
  #used = 0;
  /** Byte of the file that the buffer begins with. */
  #offset: number;
  #skipped: Skipped | undefined;

  constructor({ offset = 0, maxLineBytes, chunkBytes = usualChunkBytes, memory }: CutterOptions) {
    if (!(chunkBytes >= 1)) throw new RangeError(`expected chunkBytes >= 1, got ${chunkBytes}`);
    if (!(maxLineBytes >= 1))
      throw new RangeError(`expected maxLineBytes >= 1, got ${maxLineBytes}`);
    this.#chunkBytes = chunkBytes;
    this.#longestBytes = Math.max(chunkBytes, maxLineBytes + uncountedBytes, headBytes);
    this.#memory = memory ?? { take: () => new Uint8Array(chunkBytes), give: () => {} };
    this.#buffer = this.#memory.take();
    this.#offset = offset;
  }

  /** Where the next bytes of the file go. Never empty; good until the next call of `filled`. */
  space(): Uint8Array {
    return this.#buffer.subarray(this.#used);
  }

  /** Takes note of `bytes` bytes at the start of `space()`; returns what is complete now, in file order. */
  filled(bytes: number): Cut[] {
    const space = this.#buffer.length - this.#used;
    if (!(bytes >= 0 && bytes <= space))
      throw new RangeError(`expected 0 to ${space}, got ${bytes}`);
    this.#used += bytes;
    return this.#used < this.#buffer.length ? [] : this.#cutFull();
  }

  /** The file has ended: returns all that is left. To be called once, and nothing after it. */
  end(): Cut[] {
    const cuts: Cut[] = [];
    const start = this.#skipped === undefined ? 0 : this.#finishSkipping(cuts);
    if (this.#skipped !== undefined)
      cuts.push(this.#longLine(this.#skipped, this.#used, this.#used));
    else if (start < this.#used) cuts.push(this.#lines(start, this.#used));
    if (!cuts.some(isOfLines)) this.#memory.give(this.#buffer);
    return cuts;
  }

  #cutFull(): Cut[] {
    const cuts: Cut[] = [];
    const start = this.#skipped === undefined ? 0 : this.#finishSkipping(cuts);
    const next = this.#buffer.lastIndexOf(lineFeed) + 1;
    if (this.#skipped !== undefined) this.#reuse();
    else if (next > start) {
      cuts.push(this.#lines(start, next));
      this.#carry(next);
    } else if (start > 0 || this.#used < this.#longestBytes) {
      const uncut = this.#buffer;
      this.#carry(start);
      this.#memory.give(uncut);
    } else this.#startSkipping();
    return cuts;
  }

  #lines(start: number, end: number): LinesCut {
    return {
      kind: "lines",
      offset: this.#offset + start,
      nextOffset: this.#offset + end,
      bytes: this.#buffer.subarray(start, end),
    };
  }

  /** Goes on in a new buffer, which begins with the unfinished line at `start` and has room behind it. */
  #carry(start: number): void {
    const rest = this.#buffer.subarray(start);
    let capacity = this.#chunkBytes;
    while (capacity <= rest.length) capacity *= 2;
    this.#buffer =
      capacity === this.#chunkBytes
        ? this.#memory.take()
        : new Uint8Array(Math.min(capacity, this.#longestBytes));
    this.#buffer.set(rest);
    this.#used = rest.length;
    this.#offset += start;
  }

  #startSkipping(): void {
    this.#skipped = {
      offset: this.#offset,
      head: this.#buffer.slice(0, headBytes),
      isBlank: true,
      lastByte: lineFeed,
    };
    this.#skip(this.#skipped, this.#used);
    this.#reuse();
  }

  /** Notes what has to be known of the first `end` bytes of the buffer before they are forgotten. */
  #skip(skipped: Skipped, end: number): void {
    skipped.isBlank &&= areBlank(this.#buffer.subarray(0, end));
    skipped.lastByte = this.#buffer[end - 1] ?? skipped.lastByte;
  }

  #reuse(): void {
    this.#offset += this.#used;
    this.#used = 0;
  }

  /** Looks for the end of the line that is skipped; returns where the next one begins, if there is one. */
  #finishSkipping(cuts: Cut[]): number {
    const skipped = this.#skipped;
    const end = this.#buffer.subarray(0, this.#used).indexOf(lineFeed);
    if (skipped === undefined) return 0;
    this.#skip(skipped, end === -1 ? this.#used : end);
    if (end === -1) return 0;
    this.#skipped = undefined;
    cuts.push(
      this.#longLine(skipped, skipped.lastByte === carriageReturn ? end - 1 : end, end + 1),
    );
    return end + 1;
  }

  /** @param end, next where the line ends and the next one begins, from the start of the buffer; `end` may be -1. */
  #longLine({ offset, head, isBlank }: Skipped, end: number, next: number): LongLineCut {
    return {
      kind: "long_line",
      offset,
      nextOffset: this.#offset + next,
      lengthBytes: this.#offset + end - offset,
      head,
      isBlank,
    };
  }
}

const isOfLines = ({ kind }: Cut): boolean => kind === "lines";
