// Sends a failed package again: its file goes from failed/ back into the inbox, under the name with which it came. From
// there on it is a package like any other: its bytes lead to the same row, which is taken up at its checkpoint (R8).
//
// The file is first renamed into the inbox under a hidden name and only then linked to its own, since a rename would
// overwrite a package that has come meanwhile, and a link from failed/ would leave a second name there, which could be
// that of the next failure by the time it is removed. Killed between any two steps it goes on where it stopped.
import { rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerRow } from "../database/ledger.ts";
import { isErrno, isSameFile, look } from "../folders/file-identity.ts";
import type { Folders } from "../folders/folders.ts";
import { keptName, packageName } from "../folders/package-name.ts";
import { unhide } from "../folders/unhide.ts";

/**
 * sent: it lies in the inbox, at `path`. not_failed: only a failed package is sent again. file_gone: there is no file at
 * `path`, where it was kept. name_taken: something of its name lies in the inbox; its file is where it was.
 */
export type RetryOutcome =
  | { readonly kind: "sent"; readonly path: string }
  | { readonly kind: "file_gone" | "name_taken"; readonly path: string }
  | { readonly kind: "not_failed"; readonly status: LedgerRow["status"] };

/** What file systems take as a name. An escaped name can be longer. */
const longestNameBytes = 255;

/** @throws what the operating system refuses (EACCES, EROFS); the file is then in failed/ or goes on at the next call */
export async function retryPackage(
  { id, name, status }: Pick<LedgerRow, "id" | "name" | "status">,
  { ingest, failed }: Pick<Folders, "ingest" | "failed">,
): Promise<RetryOutcome> {
  if (status !== "failed") return { kind: "not_failed", status };
  const keptAs = keptName(id, packageName(Buffer.from(name)));
  const kept = join(failed, keptAs);
  const hidden = join(ingest, `.retry-${id}`);
  const path = join(ingest, Buffer.byteLength(name) > longestNameBytes ? keptAs : name);
  if (!(await hide(kept, hidden))) return { kind: "file_gone", path: kept };
  if (await unhide(hidden, path)) return { kind: "sent", path };
  await unhide(hidden, kept);
  return { kind: "name_taken", path };
}

/** @returns false if there is no file */
async function hide(kept: string, hidden: string): Promise<boolean> {
  const [found, earlier] = [await look(kept), await look(hidden)];
  if (found.kind !== "file") return earlier.kind === "file"; // An earlier try came as far as that.
  // Renaming a file to another name of itself does nothing.
  if (earlier.kind === "file" && isSameFile(earlier.fingerprint, found.fingerprint)) {
    await unlink(hidden);
  }
  try {
    await rename(kept, hidden);
  } catch (error) {
    if (!isErrno(error, "ENOENT") || (await look(kept)).kind === "file") throw error;
    // Somebody else sends it at the same time.
  }
  return true;
}
