// Shows a file that was written or moved under a hidden name: gives it its own, and never overwrites another file.
import { link, rename, unlink } from "node:fs/promises";
import { isErrno, isSameFile, look } from "./file-identity.ts";

/** Gives the hidden file its name. @returns false if that is taken; a file that is no longer hidden is there already */
export async function unhide(hidden: string, path: string): Promise<boolean> {
  try {
    await link(hidden, path);
    await unlinkIfThere(hidden);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return true;
    if (isErrno(error, "EEXIST")) return isShown(hidden, path);
    if (!isErrno(error, "EPERM", "ENOTSUP", "EMLINK")) throw error;
  }
  // No links here, or not to files of others: what comes between the look and the rename is not seen.
  if ((await look(path)).kind !== "gone") return false;
  await rename(hidden, path);
  return true;
}

async function isShown(hidden: string, path: string): Promise<boolean> {
  const [a, b] = [await look(hidden), await look(path)];
  if (a.kind === "gone") return true;
  if (a.kind !== "file" || b.kind !== "file" || !isSameFile(a.fingerprint, b.fingerprint))
    return false;
  await unlinkIfThere(hidden);
  return true;
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isErrno(error, "ENOENT")) throw error;
  });
}
