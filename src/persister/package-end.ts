// The end of a package's file: removed, archived, or kept for a person. Here alone a package is deleted, and only
// after its row says so. What fails here is told and tried again later by intake, never imported again.
import { join } from "node:path";
import type { Database } from "../database/database.ts";
import { type ClaimedFile, keepClaimedFile, removeClaimedFile } from "../folders/claimed-file.ts";
import type { Folders } from "../folders/folders.ts";
import { keptName } from "../folders/package-name.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { Log } from "../observability/log.ts";

export interface PackageEndOptions {
  readonly database: Database;
  readonly folders: Folders;
  readonly faults: FaultPoints;
  readonly log: Log;
  readonly onComplete: "delete" | "archive";
}

type RemoveOptions = Pick<PackageEndOptions, "folders" | "faults" | "log">;

/**
 * Takes the file of a package away whose row is `complete`, with so many rejected lines. It goes to archive/ if the user
 * wants that, or if a rejected line could not be stored whole, so that no byte is lost.
 * @returns false if the file is still there
 */
export async function clearAway(
  file: ClaimedFile,
  errors: number,
  options: PackageEndOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { database, folders, faults, onComplete } = options;
  const isWhole =
    errors === 0 ||
    (await database.use(signal, ({ ledger }) => ledger.hasAllRejectsWhole(file.fileId)));
  if (onComplete !== "archive" && isWhole) return remove(file, options);
  return orTell(file, options, async () => {
    await faults.at("before_archive_move");
    return (await keepClaimedFile(folders, file, "archive")) === "done";
  });
}

/** Deletes the file of a package whose row is `duplicate`: what is to be kept of its bytes was kept before. */
export async function remove(file: ClaimedFile, options: RemoveOptions): Promise<boolean> {
  const { folders, faults, log } = options;
  return orTell(file, options, async () => {
    await faults.at("before_unlink");
    const removed = await removeClaimedFile(folders, file);
    await faults.at("after_unlink");
    if (removed === "done") return true;
    log.warn(
      { fileId: file.fileId, name: file.name.text },
      "package is in the database, but another file lies in its place: it is taken up as new",
    );
    return false;
  });
}

async function orTell(
  { fileId, name }: ClaimedFile,
  { log }: Pick<PackageEndOptions, "log">,
  step: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await step();
  } catch (err) {
    const fields = { fileId, name: name.text, err };
    log.warn(fields, "package is in the database, but its file cannot be removed");
    return false;
  }
}

/** Where `setAside` leaves the file. */
export function failedPath({ failed }: Folders, { fileId, name }: ClaimedFile): string {
  return join(failed, keptName(fileId, name));
}

/** Moves the file of a package to failed/ whose row is `failed`. @returns false if it is still there */
export async function setAside(
  file: ClaimedFile,
  { folders, faults, log }: RemoveOptions,
): Promise<boolean> {
  try {
    await faults.at("before_failed_move");
    await keepClaimedFile(folders, file, "failed");
    await faults.at("after_failed_move");
    return true;
  } catch (err) {
    const fields = { fileId: file.fileId, name: file.name.text };
    log.warn({ ...fields, err }, "package has failed, but its file cannot be moved to failed/");
    return false;
  }
}
