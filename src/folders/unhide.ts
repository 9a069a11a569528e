// Shows a file that was written or moved under a hidden name: gives it its own, and never overwrites another file.
import { link, rename, unlink } from "node:fs/promises";
import { isErrno, isSameFile, look } from "./file-identity.ts";

/** What became of a hidden file. gone: somebody else has shown it, or taken it away. */
type Revealed = "shown" | "taken" | "gone";

/** Gives the hidden file its name. */
export async function reveal(hidden: string, path: string): Promise<Revealed> {
  try {
    await link(hidden, path);
    await unlinkIfThere(hidden);
    return "shown";
  } catch (error) {
    if (isErrno(error, "ENOENT")) return "gone";
    if (isErrno(error, "EEXIST")) return whoseName(hidden, path);
    if (!isErrno(error, "EPERM", "ENOTSUP", "EMLINK")) throw error;
  }
  // No links here, or not to files of others: what comes between the look and the rename is not seen.
  if ((await look(path)).kind !== "gone") return "taken";
  await rename(hidden, path);
  return "shown";
}

/** The same for a file that others may show too. @returns false if its name is taken; one that is gone is there already */
export async function unhide(hidden: string, path: string): Promise<boolean> {
  return (await reveal(hidden, path)) !== "taken";
}

async function whoseName(hidden: string, path: string): Promise<Revealed> {
  const [a, b] = [await look(hidden), await look(path)];
  if (a.kind === "gone") return "gone";
  if (a.kind !== "file" || b.kind !== "file" || !isSameFile(a.fingerprint, b.fingerprint))
    return "taken";
  await unlinkIfThere(hidden);
  return "shown";
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isErrno(error, "ENOENT")) throw error;
  });
}
