// The identity of a package's content: sha256 of all bytes. Read through an open handle, so that what was hashed is
// what is read later.
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

const pieceBytes = 256 * 1024;

/**
 * @returns hex of the file's bytes from its beginning to its end, in memory of one piece.
 * @throws the signal's reason once it is aborted.
 */
export async function sha256Of(handle: FileHandle, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(piece, 0, pieceBytes, position);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}
