// A package's file from its claim to its end: `processing/<file id>/<name>`. A folder for each claim keeps every name
// whole, also one of 255 bytes, and says which ledger row the file belongs to. What may be done to it and when is
// decided elsewhere; here is only how.
import { readdir, rename, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Fingerprint, isErrno, isSameFile, isUnchanged, look } from "./file-identity.ts";
import { type Folders, makeFolder } from "./folders.ts";
import { keptName, type PackageName, packageName, pathOf } from "./package-name.ts";

export interface ClaimedFile {
  readonly fileId: number;
  readonly name: PackageName;
  /** As it was when its bytes were hashed. */
  readonly fingerprint: Fingerprint;
}

/** "moved": somebody else has changed or taken the file since; nothing was touched. */
export type FileMove = "done" | "moved";

export function claimFolder(folders: Folders, fileId: number): string {
  return join(folders.processing, String(fileId));
}

export function claimedPath(
  folders: Folders,
  { fileId, name }: Pick<ClaimedFile, "fileId" | "name">,
): Buffer {
  return pathOf(claimFolder(folders, fileId), name);
}

/** Renames a file into the folder of a claim. @returns "gone" if there is no such file (any more) */
export async function moveIntoClaim(
  folders: Folders,
  from: Buffer,
  to: Pick<ClaimedFile, "fileId" | "name">,
): Promise<"done" | "gone"> {
  await makeFolder(claimFolder(folders, to.fileId));
  try {
    await rename(from, claimedPath(folders, to));
    return "done";
  } catch (error) {
    await removeClaimFolder(folders, to.fileId);
    if (isErrno(error, "ENOENT")) return "gone";
    throw error;
  }
}

/**
 * The end of a package that is in the database. A file that is gone already is fine; one that has grown since is not
 * deleted, since nobody has read what was added.
 */
export async function removeClaimedFile(folders: Folders, file: ClaimedFile): Promise<FileMove> {
  const path = claimedPath(folders, file);
  const found = await look(path);
  if (found.kind === "file" && isUnchanged(found.fingerprint, file.fingerprint)) {
    await unlink(path).catch((error: unknown) => {
      if (!isErrno(error, "ENOENT")) throw error; // Another daemon may be at it too.
    });
  } else if (found.kind !== "gone") return "moved";
  await removeClaimFolder(folders, file.fileId);
  return "done";
}

/** Moves the file to failed/ or archive/, under its kept name. A file that is gone already is fine. */
export async function keepClaimedFile(
  folders: Folders,
  file: ClaimedFile,
  where: "failed" | "archive",
): Promise<FileMove> {
  const path = claimedPath(folders, file);
  const found = await look(path);
  if (found.kind === "file" && isSameFile(found.fingerprint, file.fingerprint)) {
    await makeFolder(folders[where]);
    const kept = join(folders[where], keptName(file.fileId, file.name));
    await makeRoom(kept, folders[where], file);
    await rename(path, kept);
  } else if (found.kind !== "gone") return "moved";
  await removeClaimFolder(folders, file.fileId);
  return "done";
}

/** A file that had changed amid its load lies there with bytes that nobody has read: they get a name of their own. */
async function makeRoom(
  kept: string,
  folder: string,
  { fileId, name }: ClaimedFile,
): Promise<void> {
  for (let number = 2; (await look(kept)).kind !== "gone"; number++) {
    const numbered = packageName(Buffer.concat([Buffer.from(`${number}-`), name.bytes]));
    const free = join(folder, keptName(fileId, numbered));
    if ((await look(free)).kind === "gone") await rename(kept, free);
  }
}

/** Takes away the folder of a claim, if nothing lies in it any more. */
export async function removeClaimFolder(folders: Folders, fileId: number): Promise<void> {
  await rmdir(claimFolder(folders, fileId)).catch((error: unknown) => {
    if (!isErrno(error, "ENOENT", "ENOTEMPTY", "EEXIST")) throw error;
  });
}

/** The names in the folder of a claim: one, or none after its end. */
export async function namesInClaim(folders: Folders, fileId: number): Promise<PackageName[]> {
  try {
    const names = await readdir(claimFolder(folders, fileId), { encoding: "buffer" });
    return names.map((bytes) => packageName(bytes));
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

/** The file in the folder of a claim, as it is now. */
export async function fileInClaim(
  folders: Folders,
  fileId: number,
): Promise<ClaimedFile | undefined> {
  const [name] = await namesInClaim(folders, fileId);
  if (name === undefined) return undefined;
  const found = await look(claimedPath(folders, { fileId, name }));
  return found.kind === "file" ? { fileId, name, fingerprint: found.fingerprint } : undefined;
}

/** The claims that lie in processing/. */
export async function claimIds({ processing }: Folders): Promise<number[]> {
  const names = await readdir(processing);
  return names.filter((name) => /^[1-9]\d{0,15}$/.test(name)).map(Number);
}
