// Keeps archive/ within its limits: the packages that were completed first go first. Only a package whose row is
// `complete` is ever taken away; whatever else lies there is for a person to look after.
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../database/database.ts";
import { isErrno } from "../folders/file-identity.ts";
import type { Folders } from "../folders/folders.ts";
import type { Log } from "../observability/log.ts";

export interface ArchiveOptions {
  readonly database: Database;
  readonly folders: Folders;
  readonly log: Log;
  /** Of all archived packages together; 0: no limit. */
  readonly archiveMaxBytes: number;
  /** Since the package was completed, by the database's clock; 0: no limit. */
  readonly archiveMaxAgeHours: number;
}

interface Archived {
  readonly name: string;
  readonly fileId: number;
  readonly sizeBytes: number;
}

/** Takes away what goes beyond the limits. @returns how many packages were taken away */
export async function trimArchive(options: ArchiveOptions, signal: AbortSignal): Promise<number> {
  const { archiveMaxBytes, archiveMaxAgeHours, database, folders, log } = options;
  if (archiveMaxBytes === 0 && archiveMaxAgeHours === 0) return 0;
  const archived = await archivedPackages(folders.archive);
  const ids = archived.map(({ fileId }) => fileId);
  const ages = await database.use(signal, ({ ledger }) => ledger.agesOfComplete(ids));
  const evictable = archived
    .filter(({ fileId }) => ages.has(fileId))
    .map((one) => ({ ...one, ageHours: ages.get(one.fileId) ?? 0 }))
    .sort((a, b) => b.ageHours - a.ageHours);
  let totalBytes = archived.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let evicted = 0;
  for (const { name, sizeBytes, ageHours } of evictable) {
    const isTooMuch = archiveMaxBytes > 0 && totalBytes > archiveMaxBytes;
    const isTooOld = archiveMaxAgeHours > 0 && ageHours > archiveMaxAgeHours;
    if (!isTooMuch && !isTooOld) continue;
    await unlink(join(folders.archive, name));
    totalBytes -= sizeBytes;
    evicted++;
  }
  if (evicted > 0) log.info({ evicted, archiveBytes: totalBytes }, "archive trimmed to its limits");
  return evicted;
}

/** Files that have a package's kept name. */
async function archivedPackages(folder: string): Promise<Archived[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return []; // Nothing was archived yet.
    throw error;
  });
  const archived: Archived[] = [];
  for (const name of names) {
    const [, id] = /^([1-9]\d{0,15})-/.exec(name) ?? [];
    if (id === undefined) continue;
    const stats = await stat(join(folder, name));
    if (stats.isFile()) archived.push({ name, fileId: Number(id), sizeBytes: stats.size });
  }
  return archived;
}
