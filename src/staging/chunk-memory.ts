// The memory of chunks, shared with the worker threads and used again and again. A million lines go through half a
// gigabyte of it. Were it allocated for each chunk, V8 would collect garbage for every few dozen megabytes, in both
// threads, which took a third of the daemon's processor time; and it would be cleared and transferred twice.

/** A few thousand lines: a few milliseconds of parsing, and of encoding. */
export const chunkBytes = 256 * 1024;
/** For columns and instruments. Lines of some hundred bytes fill half of it; where it is too little, others are made. */
const roomBytes = 256 * 1024;
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

/** What lies behind the bytes of a chunk, for what is made of them; undefined if their memory is not from here. */
export function roomBehind({ buffer }: Uint8Array): Uint8Array | undefined {
  return isOurs(buffer) ? new Uint8Array(buffer, chunkBytes, roomBytes) : undefined;
}

function isOurs(buffer: ArrayBufferLike): buffer is SharedArrayBuffer {
  return buffer instanceof SharedArrayBuffer && buffer.byteLength === chunkBytes + roomBytes;
}
