// Writes the rejected lines of a package into a file, byte for byte, one below the other: to be put right and sent as
// a package of its own. In memory is one page of beginnings, or one long line.
import { type FileHandle, open, rm } from "node:fs/promises";
import { isErrno } from "../../folders/file-identity.ts";
import type { Queryable } from "../../queries/queryable.ts";
import { findRejects, type RejectedLine } from "../../queries/rejects.ts";
import { CommandError } from "../failure.ts";

export interface ExportOptions {
  readonly fileId: number;
  readonly reason?: string | undefined;
  /** Behind this line of the package. */
  readonly after?: number | undefined;
  /** Written first: the header of the package. */
  readonly header?: string | undefined;
}

const pageLines = 500;
const beginningBytes = 16_384;
const mode = 0o640;

/**
 * @param signal ends it early.
 * @returns how many lines were written.
 * @throws {CommandError} the file is there already, or the signal was aborted
 */
export async function exportRejects(
  db: Queryable,
  path: string,
  options: ExportOptions,
  signal: AbortSignal,
): Promise<number> {
  const file = await create(path);
  try {
    return await Promise.race([writeAll(db, file, options), aborted(signal)]);
  } catch (error) {
    await rm(path, { force: true }); // Half of it would look like all of it.
    throw signal.aborted ? new CommandError("interrupted, nothing was left behind") : error;
  } finally {
    await file.close();
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", mode);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    throw new CommandError(`${path} is there already: choose another name, or remove it`);
  }
}

/** Rejects at once: an answer of the database may be long in coming. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

async function writeAll(
  db: Queryable,
  file: FileHandle,
  { fileId, reason, after, header }: ExportOptions,
): Promise<number> {
  if (header !== undefined) await file.appendFile(`${header}\n`);
  let count = 0;
  for (let behind = after; ; ) {
    const question = { fileId, reason, after: behind, limit: pageLines };
    const page = await findRejects(db, { ...question, mostRawBytes: beginningBytes });
    for (const line of page.rejects) {
      await file.appendFile(await wholeLine(db, fileId, line));
      await file.appendFile("\n");
    }
    count += page.rejects.length;
    if (page.next === null) return count;
    behind = page.next;
  }
}

async function wholeLine(db: Queryable, fileId: number, line: RejectedLine): Promise<Buffer> {
  if (line.rawBytes <= line.raw.length) return line.raw;
  const after = line.line - 1;
  const page = await findRejects(db, { fileId, after, limit: 1, mostRawBytes: line.rawBytes });
  return page.rejects[0]?.raw ?? line.raw;
}
