// What lies in the daemon's folders, by sha256, held against the manifest and the tables (I5, I6, I8): no file may be
// gone before its row says `complete` or `duplicate`, and none may remain after it. Only while no daemon runs: files
// move.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type pg from "pg";
import type { Entry } from "../manifest/manifest-file.ts";
import type { Violation } from "./violation.ts";

const folders = ["ingest", "processing", "failed", "archive"] as const;
type Folder = (typeof folders)[number];

interface FoundFile {
  readonly path: string;
  readonly folder: Folder;
  readonly sha256: string;
}

/** Which contents the tables say are done, and how often. */
interface Done {
  readonly sha256: string;
  readonly times: number;
}

export interface FolderOptions {
  readonly filesDir: string;
  readonly entries: ReadonlyMap<string, Entry>;
  /** The daemon's DOWNLINK_ON_COMPLETE. */
  readonly onComplete: "delete" | "archive";
  /** Everything is said to be loaded: nothing may be on its way. */
  readonly isFinal: boolean;
}

export async function checkFolders(
  client: pg.ClientBase,
  options: FolderOptions,
): Promise<Violation[]> {
  const { rows } = await client.query<Done>(
    `SELECT sha256, count(*)::int AS times FROM files WHERE status IN ('complete', 'duplicate') GROUP BY sha256`,
  );
  const done = new Map(rows.map(({ sha256, times }) => [sha256, times]));
  const found = await filesIn(options.filesDir);
  const violations = found.filter(({ sha256 }) => !options.entries.has(sha256)).map(unknownFile);
  for (const entry of options.entries.values()) {
    const files = found.filter(({ sha256 }) => sha256 === entry.sha256);
    const times = done.get(entry.sha256) ?? 0;
    violations.push(
      ...(options.isFinal
        ? checkFinal(entry, files, times, options)
        : checkNow(entry, files, times)),
    );
  }
  return violations;
}

/** F1: bytes that nobody dropped. */
function unknownFile({ path, sha256 }: FoundFile): Violation {
  return {
    kind: "altered",
    check: "F1",
    subject: path,
    said: `its bytes were not dropped: ${sha256}`,
  };
}

/** F2: each drop is in a folder, or its row is committed. */
function checkNow(
  { sha256, refused, drops }: Entry,
  files: readonly FoundFile[],
  times: number,
): Violation[] {
  const kept = refused ? Math.min(1, drops) : drops; // Of a refused content one copy is kept.
  const counted = files.length + times;
  if (counted >= kept) return [];
  const said = `dropped ${drops} times, ${files.length} files left, and only ${times} rows complete or duplicate`;
  return [{ kind: "wrongly deleted", check: "F2", subject: `sha256 ${sha256}`, said }];
}

/** F3 nothing on its way, F4 a refused content once in failed/, F5 nothing left of one that is loaded. */
function checkFinal(
  entry: Entry,
  files: readonly FoundFile[],
  times: number,
  { onComplete }: FolderOptions,
): Violation[] {
  const subject = `sha256 ${entry.sha256}`;
  const where = files.map(({ path }) => path).join(", ") || "nowhere";
  const violations = checkNow(entry, files, times);
  if (files.some(({ folder }) => folder === "ingest" || folder === "processing")) {
    violations.push({ kind: "stuck", check: "F3", subject, said: `still in ${where}` });
  }
  const wanted = wantedPlaces(entry, onComplete);
  for (const folder of ["failed", "archive"] as const) {
    const count = files.filter((file) => file.folder === folder).length;
    if (count === wanted[folder]) continue;
    const kind = count > wanted[folder] ? "left over" : "wrongly deleted";
    const check = entry.refused ? "F4" : "F5";
    violations.push({
      kind,
      check,
      subject,
      said: `${count} in ${folder}/, must be ${wanted[folder]}: ${where}`,
    });
  }
  return violations;
}

function wantedPlaces(
  { refused, archived, drops }: Entry,
  onComplete: "delete" | "archive",
): { failed: number; archive: number } {
  if (refused) return { failed: Math.min(1, drops), archive: 0 };
  return { failed: 0, archive: archived || onComplete === "archive" ? 1 : 0 };
}

async function filesIn(filesDir: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const folder of folders) {
    const root = join(filesDir, folder);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      // The daemon's own files, and those that a writer has not yet finished.
      if (!entry.isFile() || entry.name.startsWith(".") || entry.name.endsWith(".part")) continue;
      const path = join(entry.parentPath, entry.name);
      const sha256 = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
      found.push({ path: relative(filesDir, path).split(sep).join("/"), folder, sha256 });
    }
  }
  return found;
}
