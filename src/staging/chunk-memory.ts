// The memory of chunks, shared with the worker threads and used again and again. A million lines go through half a
// gigabyte of it. Were it allocated for each chunk, V8 would collect garbage for every few dozen megabytes, in both
// threads, which took a third of the daemon's processor time; and it would be cleared and transferred twice.

/** A few thousand lines: a few milliseconds of parsing, and of encoding. */
export const chunkBytes = 256 * 1024;
/** For columns and instruments. Lines of some hundred bytes fill half of it; where it is too little, others are made. */
const roomBytes = chunkBytes;
/** Kept while nobody needs them: what two large packages have in work at a time. */
const mostFree = 128;

export class ChunkMemory {
  readonly #free: SharedArrayBuffer[] = [];

  /** Room for the bytes of a chunk. They are not zero. */
  take(): Uint8Array {
    const buffer = this.#free.pop() ?? new SharedArrayBuffer(chunkBytes + roomBytes);
    return new Uint8Array(buffer, 0, chunkBytes);
  }

  /** Takes it back, by any view of it: nobody reads or writes there any more. Other memory is left to the collector. */
  give({ buffer }: Uint8Array): void {
    if (isOurs(buffer) && this.#free.length < mostFree) this.#free.push(buffer);
  }
}

/**
 * Room for what is made of some bytes of a chunk: as large as they are, and apart from that of the chunk's other bytes.
 * @returns undefined if their memory is not from here
 */
export function roomBehind({ buffer, byteOffset, length }: Uint8Array): Uint8Array | undefined {
  if (!isOurs(buffer)) return undefined;
  const begin = atWidest(byteOffset);
  return new Uint8Array(buffer, chunkBytes + begin, atWidest(byteOffset + length) - begin);
}

/** The first place from there on that is fit for numbers of any width. */
function atWidest(place: number): number {
  return Math.ceil(place / 8) * 8;
}

function isOurs(buffer: ArrayBufferLike): buffer is SharedArrayBuffer {
  return buffer instanceof SharedArrayBuffer && buffer.byteLength === chunkBytes + roomBytes;
}
