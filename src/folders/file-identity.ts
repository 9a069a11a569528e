// Which file a path leads to, and whether it has changed. A path is no identity: the file behind it can be replaced at
// any time, and inode numbers come again. Nothing here follows a symbolic link or waits for the other end of a FIFO.
import { type BigIntStats, constants, fstatSync } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";

/** A file and its state. Not the change time: a rename changes that. */
export interface Fingerprint {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
}

export function fingerprint(stats: BigIntStats): Fingerprint {
  return { dev: stats.dev, ino: stats.ino, sizeBytes: stats.size, mtimeNs: stats.mtimeNs };
}

export function isSameFile(a: Fingerprint, b: Fingerprint): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

export function isUnchanged(a: Fingerprint, b: Fingerprint): boolean {
  return isSameFile(a, b) && a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs;
}

/** What lies at a path. */
export type Look =
  | { readonly kind: "file"; readonly fingerprint: Fingerprint }
  | { readonly kind: "other" } // A folder, link, FIFO, socket or device.
  | { readonly kind: "gone" };

export async function look(path: Buffer | string): Promise<Look> {
  try {
    const stats = await lstat(path, { bigint: true });
    return stats.isFile() ? { kind: "file", fingerprint: fingerprint(stats) } : { kind: "other" };
  } catch (error) {
    // A name that is too long for the file system is that of no file.
    if (isErrno(error, "ENOENT", "ENOTDIR", "ENAMETOOLONG")) return { kind: "gone" };
    throw error;
  }
}

/** An open regular file, or why there is none. */
export type Opened =
  | { readonly kind: "file"; readonly handle: FileHandle; readonly fingerprint: Fingerprint }
  | { readonly kind: "other" }
  | { readonly kind: "gone" };

/** Opens a regular file for reading. The caller closes the handle. @throws other errors as they are (EACCES, EMFILE) */
export async function openRegular(path: Buffer | string): Promise<Opened> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let handle: FileHandle;
  try {
    handle = await open(path, flags);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return { kind: "gone" };
    if (isErrno(error, "ELOOP", "ENXIO", "ENODEV")) return { kind: "other" };
    throw error;
  }
  const stats = fstatSync(handle.fd, { bigint: true }); // Of a descriptor: no path is walked, nothing is waited for.
  if (stats.isFile()) return { kind: "file", handle, fingerprint: fingerprint(stats) };
  await handle.close();
  return { kind: "other" };
}

/** Whether the operating system refused something: it may allow it later. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "errno" in error;
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
