// Keeps archive/ within its limits: the packages that were completed first go first. Only a package whose row is
// `complete` is ever taken away; whatever else lies there is for a person to look after.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../database/database.ts";
import type { CompletePackage } from "../database/ledger.ts";
import { isErrno, look } from "../folders/file-identity.ts";
import type { Folders } from "../folders/folders.ts";
import { keptName, packageName } from "../folders/package-name.ts";
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
  const complete = await database.use(signal, ({ ledger }) => ledger.findComplete(ids));
  const rowOf = new Map(complete.map((row) => [row.id, row]));
  const evictable = archived
    .flatMap((one) => {
      const row = rowOf.get(one.fileId);
      return row !== undefined && isFileOf(one, row) ? [{ ...one, ageHours: row.ageHours }] : [];
    })
    .sort((a, b) => b.ageHours - a.ageHours);
  let totalBytes = archived.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let evicted = 0;
  for (const { name, sizeBytes, ageHours } of evictable) {
    const isTooMuch = archiveMaxBytes > 0 && totalBytes > archiveMaxBytes;
    const isTooOld = archiveMaxAgeHours > 0 && ageHours > archiveMaxAgeHours;
    if (!isTooMuch && !isTooOld) continue;
    await rm(join(folders.archive, name), { force: true }); // Another daemon may be at it too.
    totalBytes -= sizeBytes;
    evicted++;
  }
  if (evicted > 0) log.info({ evicted, archiveBytes: totalBytes }, "archive trimmed to its limits");
  return evicted;
}

/** Whether it is what was archived of the package, and nothing that a person has put there under its number. */
function isFileOf({ name, sizeBytes }: Archived, row: CompletePackage): boolean {
  const archivedAs = keptName(row.id, packageName(Buffer.from(row.name)));
  return name === archivedAs && sizeBytes === row.sizeBytes;
}

/** Files whose names begin with the number of a package. */
async function archivedPackages(folder: string): Promise<Archived[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return []; // Nothing was archived yet.
    throw error;
  });
  const archived: Archived[] = [];
  for (const name of names) {
    const [, id] = /^([1-9]\d{0,15})-/.exec(name) ?? [];
    if (id === undefined) continue;
    const found = await look(join(folder, name));
    if (found.kind !== "file") continue;
    archived.push({ name, fileId: Number(id), sizeBytes: Number(found.fingerprint.sizeBytes) });
  }
  return archived;
}
