// Takes a package over HTTP into the inbox, as safely as a drop: written under a hidden name that nobody takes up, on
// disk before it is shown, and shown without overwriting what is there. Whatever cuts it off, nothing of it is left. Its
// bytes pass through and are not gathered: a package of any size takes the same memory.
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isErrno, look } from "../folders/file-identity.ts";
import { fileMode } from "../folders/folders.ts";
import { isLeftAlone, packageName } from "../folders/package-name.ts";
import { reveal } from "../folders/unhide.ts";
import { problem } from "./problems.ts";
import type { UploadedPackage } from "./schemas/actions.ts";

/** Of one package. */
export const mostUploadBytes = 64 * 2 ** 30;

const prefix = ".upload-";
const longestNameBytes = 255;

/** @throws {ProblemError} invalid_name, name_taken, too_large, no_space, upload_cut_off, upload_lost */
export async function receivePackage(
  ingest: string,
  name: string,
  body: Readable,
  mostBytes = mostUploadBytes,
): Promise<UploadedPackage> {
  refuseName(name);
  const path = join(ingest, name);
  if ((await look(path)).kind !== "gone") throw nameTaken(name);
  const hidden = join(ingest, `${prefix}${randomUUID()}.part`);
  let isShown = false;
  try {
    const written = await write(hidden, body, mostBytes);
    const revealed = await reveal(hidden, path);
    if (revealed === "taken") throw nameTaken(name);
    // Nobody else shows it: its name is new each time.
    if (revealed === "gone") throw problem("upload_lost", "somebody took it out of the inbox");
    isShown = true;
    await syncFolder(ingest);
    return { name, ...written };
  } catch (error) {
    throw isErrno(error, "ENOSPC", "EDQUOT") ? problem("no_space", "the disk is full") : error;
  } finally {
    if (!isShown) await unlink(hidden).catch(() => {}); // Not even made, or gone with its folder.
  }
}

function refuseName(name: string): void {
  const isName = name !== "." && name !== ".." && !/[/\0]/.test(name) && name.isWellFormed();
  if (!isName) throw problem("invalid_name", "a name is one part of a path");
  if (Buffer.byteLength(name) > longestNameBytes) {
    throw problem("invalid_name", `a name takes at most ${longestNameBytes} bytes`);
  }
  if (isLeftAlone(packageName(Buffer.from(name)))) {
    throw problem("invalid_name", "a hidden name, or one of an unfinished file, is left alone");
  }
}

function nameTaken(name: string) {
  return problem("name_taken", `the inbox has a file named ${JSON.stringify(name)} already`);
}

async function write(
  path: string,
  body: Readable,
  mostBytes: number,
): Promise<Pick<UploadedPackage, "sizeBytes" | "sha256">> {
  const handle = await open(path, "wx", fileMode);
  try {
    const written = await writeAll(handle, body, mostBytes);
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, body: Readable, mostBytes: number) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of whole(body)) {
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytes) throw problem("too_large", `at most ${mostBytes} bytes`);
    hash.update(chunk);
    await writeChunk(handle, chunk);
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** @throws {ProblemError} upload_cut_off if the sender goes before the end */
async function* whole(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (cause) {
    throw problem("upload_cut_off", "the sender went away", { cause });
  }
}

async function writeChunk(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    at += (await handle.write(chunk, at)).bytesWritten;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** No upload takes longer without a byte being written. */
const abandonedMs = 3_600_000;

/** Removes what a daemon that was killed amid an upload has left. Others may be uploading at this moment. */
export async function removeAbandoned(ingest: string): Promise<void> {
  for (const name of await readdir(ingest)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(ingest, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > abandonedMs) await unlink(path).catch(() => {});
  }
}
