// Writes a package as a good sender does: beside its place under a name that the daemon leaves alone, then a rename, so
// that nobody ever sees half of it. What was begun and not finished is removed.
import { type FileHandle, open, rename, rm } from "node:fs/promises";

/**
 * Writes `chunks` to `path`, which a file of that name gives way to.
 *
 * One write at a time: chunks are made no faster than the disk takes them.
 *
 * @param signal ends it early.
 * @throws the error of the system, or the signal's reason; `<path>.part` is then gone, unless it was another's.
 */
export async function writePackage(
  path: string,
  chunks: Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, "wx"); // Not into what another one writes.
  try {
    await writeAll(file, chunks, signal);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function writeAll(
  file: FileHandle,
  chunks: Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for (const chunk of chunks) {
      signal?.throwIfAborted();
      await file.writeFile(chunk); // From where the last one ended; repeats short writes.
    }
    signal?.throwIfAborted();
  } finally {
    await file.close();
  }
}
