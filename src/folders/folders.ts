// Where packages lie: the inbox and the folders of the daemon beside it, all on one file system, since a claim is a
// rename. Made and tried at start, so that a wrong folder is told before any package is touched.
import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { SetupError } from "../errors.ts";
import { isErrno, look } from "./file-identity.ts";

export interface Folders {
  readonly ingest: string;
  readonly processing: string;
  readonly failed: string;
  /** Made when the first package is archived. */
  readonly archive: string;
  /** The same for all daemons on these folders, and for no others: several folders may share a database. */
  readonly id: string;
}

const folderMode = 0o750;
export const fileMode = 0o640;

/**
 * Makes the folders that are missing and tries the renames that every package will need.
 * @param filesDir DOWNLINK_FILES_DIR; its parent must exist.
 * @param dataDir DOWNLINK_DATA_DIR: must not lie where packages are dropped.
 * @throws {SetupError} naming the folder and what to do.
 */
export async function prepareFolders(filesDir: string, dataDir: string): Promise<Folders> {
  const root = resolve(filesDir);
  const paths = pathsIn(root);
  refuseNesting(resolve(dataDir), paths);
  return explained(root, async () => {
    for (const path of [root, paths.ingest, paths.processing, paths.failed]) await makeFolder(path);
    await tryPaths(paths);
    return { ...paths, id: await folderId(paths.processing) };
  });
}

/** Only tries folders that are there: for a look at them by whoever is not the daemon. @throws {SetupError} */
export async function tryFolders(filesDir: string, dataDir: string): Promise<void> {
  const root = resolve(filesDir);
  const paths = pathsIn(root);
  refuseNesting(resolve(dataDir), paths);
  await explained(root, () => tryPaths(paths));
}

type Paths = Omit<Folders, "id">;

/** Where the folders are, whether they are there or not. */
export function pathsIn(filesDir: string): Paths {
  const at = (name: string): string => resolve(filesDir, name);
  return {
    ingest: at("ingest"),
    processing: at("processing"),
    failed: at("failed"),
    archive: at("archive"),
  };
}

async function tryPaths(paths: Paths): Promise<void> {
  await refuseLink(paths.processing);
  const archive = await look(paths.archive);
  const made = [paths.ingest, paths.processing, paths.failed];
  await tryRenames(archive.kind === "gone" ? made : [...made, paths.archive]);
}

async function explained<Result>(root: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`${root}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Whether everybody on this machine may put files into a folder, and take away those of others. */
export async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  return (mode & 0o002) !== 0;
}

function refuseNesting(dataDir: string, paths: Paths): void {
  for (const path of Object.values(paths)) {
    if (`${dataDir}${sep}`.startsWith(`${path}${sep}`)) {
      throw new SetupError(
        `DOWNLINK_DATA_DIR got ${dataDir}, takes a folder outside ${path}: packages lie there`,
      );
    }
  }
}

/** Makes a folder that is missing. Not with `recursive`: that turns a full disk into ENOENT. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: folderMode }).catch((error: unknown) => {
    if (!isErrno(error, "EEXIST")) throw error;
  });
}

async function refuseLink(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) return;
  throw new SetupError(`${path} must be a folder, not a link or a file: remove it`);
}

/** A file goes through all folders as a package would. Its hidden name keeps every daemon from taking it up. */
async function tryRenames(folders: readonly string[]): Promise<void> {
  const name = `.downlink-trial-${randomUUID()}`;
  let last: string | undefined;
  try {
    for (const folder of folders) {
      const path = join(folder, name);
      if (last === undefined) await (await open(path, "wx", fileMode)).close();
      else await rename(last, path);
      last = path;
    }
  } finally {
    if (last !== undefined) await rm(last, { force: true });
  }
}

/** Written beside and linked into place: of two daemons that start at once, both read the same. */
async function folderId(processing: string): Promise<string> {
  const path = join(processing, ".folder-id");
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${randomUUID()}\n`, { mode: fileMode });
  try {
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(path, "utf8")).trim();
}

function reasonOf(error: unknown): string {
  const found = placeOf(error);
  if (isErrno(error, "EXDEV")) {
    return "ingest/, processing/, failed/ and archive/ must be on one file system: a claim is a rename";
  }
  if (isErrno(error, "ENOENT")) return `${found} is missing: make its parent folder first`;
  if (isErrno(error, "EROFS")) return `${found} is on a read-only file system`;
  if (isErrno(error, "EACCES", "EPERM")) {
    return `${found} cannot be written by uid ${process.geteuid?.() ?? "?"}: give it the right`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Where it went wrong: the folder, not the trial file; of a rename the destination, since the file came to its source. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return "the folders";
  const path = "dest" in error ? error.dest : "path" in error ? error.path : "the folders";
  return String(path).replace(/\/\.(downlink-trial|folder-id)[^/]*$/, "");
}
