// A claimed file that stays open from its claim to its end, so that no step between opens it again; the bytes of a
// small one are kept too, since opening, reading and closing cost it more than all the rest of the way. The descriptor
// also tells of a file whose path is gone. Held by several at a time (intake, the parts of a tree that may outlive
// it); the last one to let go closes it.
import { fstatSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type Fingerprint, fingerprint, openRegular } from "./file-identity.ts";

/** Where bytes can be read from: an open file, or one that is in memory. */
export interface ByteSource {
  /** Reads up to `length` bytes of the file at `position`; fewer only if it ends there. */
  read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Files up to this size are kept in memory while they are in hand: one for each lane of intake. */
export const mostKeptBytes = 256 * 1024;

export class HeldFile implements ByteSource {
  readonly #handle: FileHandle;
  #bytes: Uint8Array | undefined;
  #holders = 1;

  /** Held by whoever makes it. */
  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Holds it too. @returns false if it is closed already */
  hold(): boolean {
    if (this.#holders === 0) return false;
    this.#holders++;
    return true;
  }

  /** Its bytes are in memory, as they were when they were hashed. */
  get isKept(): boolean {
    return this.#bytes !== undefined;
  }

  /** Takes note of all bytes of the file, which are then not read again. */
  keep(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  async read(into: Uint8Array, offset: number, length: number, position: number) {
    if (this.#bytes === undefined) return this.#handle.read(into, offset, length, position);
    const found = this.#bytes.subarray(position, position + length);
    into.set(found, offset);
    return { bytesRead: found.length };
  }

  /** The file as it is now. Asked of the descriptor, which takes a twentieth of the way to a thread and back. */
  fingerprint(): Fingerprint {
    return fingerprint(fstatSync(this.#handle.fd, { bigint: true }));
  }

  /** To be called once by each holder. */
  async release(): Promise<void> {
    this.#holders--;
    if (this.#holders > 0) return;
    this.#bytes = undefined;
    await this.#handle.close();
  }
}

/** Opens a regular file and holds it. @returns undefined if there is none. @throws as `openRegular` */
export async function openHeld(path: Buffer | string): Promise<HeldFile | undefined> {
  const opened = await openRegular(path);
  return opened.kind === "file" ? new HeldFile(opened.handle) : undefined;
}
