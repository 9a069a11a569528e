// The identity of a package's content: sha256 of all bytes. Read through an open handle, so that what was hashed is
// what is read later.
import { createHash } from "node:crypto";
import { type ByteSource, type HeldFile, mostKeptBytes } from "./held-file.ts";

const pieceBytes = 2 ** 20;

/**
 * @returns hex of the file's bytes from its beginning to its end, in memory of two pieces: one is hashed while the next one is read.
 * @throws the signal's reason once it is aborted.
 */
export async function sha256Of(handle: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  let [piece, next] = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)];
  let { bytesRead } = await handle.read(piece, 0, pieceBytes, 0);
  for (let position = bytesRead; bytesRead > 0; position += bytesRead) {
    signal?.throwIfAborted();
    const reading = handle.read(next, 0, pieceBytes, position);
    hash.update(piece.subarray(0, bytesRead));
    ({ bytesRead } = await reading);
    [piece, next] = [next, piece];
  }
  return hash.digest("hex");
}

/** The same for a file of `sizeBytes`. One that is small enough is read once, and kept in memory from then on. */
export async function sha256OfHeld(
  file: HeldFile,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<string> {
  if (sizeBytes > mostKeptBytes) return sha256Of(file, signal);
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let read = 0;
  while (read < sizeBytes) {
    const { bytesRead } = await file.read(bytes, read, sizeBytes - read, read);
    if (bytesRead === 0) break; // It has become shorter, which whoever compares its state will notice.
    read += bytesRead;
  }
  const whole = bytes.subarray(0, read);
  file.keep(whole);
  return createHash("sha256").update(whole).digest("hex");
}
