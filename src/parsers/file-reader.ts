// The reader of one package. It begins the run in the ledger, finds out of which satellite the package is, cuts the
// file into chunks of lines, has them normalised by worker threads and stages them in order. What becomes of the
// package is not decided here: the persister is told, and ends it.
import type { FileHandle } from "node:fs/promises";
import type { Database } from "../database/database.ts";
import type { LedgerRow } from "../database/ledger.ts";
import { type ClaimedFile, claimedPath } from "../folders/claimed-file.ts";
import { isUnchanged, openRegular } from "../folders/file-identity.ts";
import type { Folders } from "../folders/folders.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { FilePosition, Opening, StagingStore } from "../staging/staging-store.ts";
import { type Component, spawn } from "../supervisor/component.ts";
import { ChunkCutter } from "./chunk-cutter.ts";
import { ChunkPipeline, lastLine } from "./chunk-pipeline.ts";
import { readHeader } from "./header-line.ts";
import type { ParsePool } from "./parse-pool.ts";

export interface ReaderOptions {
  readonly database: Database;
  readonly folders: Folders;
  readonly faults: FaultPoints;
  readonly parsePool: ParsePool;
  readonly maxLineBytes: number;
  readonly maxAttempts: number;
  readonly parseThreads: number;
}

/** A few thousand lines: a few milliseconds of parsing, and of encoding. A small package needs no more than its size. */
const longestChunkBytes = 256 * 1024;

/** Runs the reader of one package. */
export function fileReader(
  file: ClaimedFile,
  staging: StagingStore,
  options: ReaderOptions,
): Component {
  return spawn(({ stopping }) => new FileReader(file, staging, options, stopping).run());
}

class FileReader {
  readonly #file: ClaimedFile;
  readonly #staging: StagingStore;
  readonly #options: ReaderOptions;
  readonly #stopping: AbortSignal;

  constructor(
    file: ClaimedFile,
    staging: StagingStore,
    options: ReaderOptions,
    stopping: AbortSignal,
  ) {
    this.#file = file;
    this.#staging = staging;
    this.#options = options;
    this.#stopping = stopping;
  }

  get #sizeBytes(): number {
    return Number(this.#file.fingerprint.sizeBytes);
  }

  async run(): Promise<void> {
    const { database, faults, folders, maxAttempts } = this.#options;
    const { fileId } = this.#file;
    const row = await database.use(this.#stopping, ({ ledger }) => ledger.own(fileId, maxAttempts));
    await faults.at("after_epoch");
    if (row === undefined) return this.#staging.open(await this.#whyNotOurs());
    const opened = await openRegular(claimedPath(folders, this.#file));
    if (opened.kind !== "file") {
      return this.#staging.open({
        kind: "fail",
        row,
        error: "the file is gone: it was taken away from processing/",
      });
    }
    try {
      // Other bytes than those that were hashed: intake looks at it anew.
      if (!isUnchanged(opened.fingerprint, this.#file.fingerprint)) {
        return this.#staging.open({ kind: "let_go" });
      }
      await this.#read(opened.handle, row);
    } finally {
      await opened.handle.close();
    }
  }

  /** The ledger would not give this run the package. */
  async #whyNotOurs(): Promise<Opening> {
    const { database, maxAttempts } = this.#options;
    const row = await database.use(this.#stopping, ({ ledger }) => ledger.find(this.#file.fileId));
    if (row?.status === "complete" || row?.status === "duplicate") return { kind: "finished" };
    if (row?.status !== "processing" || row.owner !== database.owner) return { kind: "let_go" };
    const at = row.checkpointLine === 1 ? "its beginning" : `line ${row.checkpointLine}`;
    const error = `given up: ${maxAttempts} runs made no progress beyond ${at}; the log says why each one ended`;
    return { kind: "fail", row, error };
  }

  async #read(handle: FileHandle, row: LedgerRow): Promise<void> {
    const begin = await this.#begin(handle, row);
    if ("kind" in begin) return this.#staging.open(begin);
    this.#staging.open({ kind: "load", row: { ...row, satelliteType: begin.satelliteType } });
    await this.#stage(handle, begin.satelliteType, begin.from);
  }

  /** The satellite type and the first line to read: from the header, or where the checkpoint stands. */
  async #begin(
    handle: FileHandle,
    row: LedgerRow,
  ): Promise<Opening | { satelliteType: string; from: FilePosition }> {
    const { database, faults, maxLineBytes } = this.#options;
    if (row.checkpointLine > 1 && row.satelliteType !== null) {
      const from = { line: row.checkpointLine, offset: row.checkpointOffset };
      return { satelliteType: row.satelliteType, from };
    }
    const { outcome, next } = await readHeader(handle, this.#sizeBytes, maxLineBytes);
    if (!outcome.ok) return { kind: "fail", row, error: outcome.error };
    const { header } = outcome;
    const satelliteType = outcome.satelliteType.name;
    const isOurs = await database.use(this.#stopping, ({ ledger }) =>
      ledger.recordHeader(row.id, row.ownerEpoch, satelliteType, header),
    );
    await faults.at("after_header");
    return isOurs ? { satelliteType, from: next } : { kind: "let_go" };
  }

  async #stage(handle: FileHandle, satelliteType: string, from: FilePosition): Promise<void> {
    const { maxLineBytes } = this.#options;
    const chunkBytes = Math.min(longestChunkBytes, this.#sizeBytes - from.offset + 1);
    const cutter = new ChunkCutter({ offset: from.offset, maxLineBytes, chunkBytes });
    const pipeline = new ChunkPipeline(
      this.#staging,
      { ...this.#options, satelliteType, from },
      this.#stopping,
    );
    // To the size that was hashed and no further: what is appended meanwhile is noticed before the last commit.
    for (let position = from.offset; position < this.#sizeBytes && !pipeline.isFull; ) {
      this.#stopping.throwIfAborted();
      const space = cutter.space();
      const wanted = Math.min(space.length, this.#sizeBytes - position);
      const { bytesRead } = await handle.read(space, 0, wanted, position);
      if (bytesRead === 0) break; // Cut short meanwhile: noticed in the same way.
      position += bytesRead;
      for (const cut of cutter.filled(bytesRead)) await pipeline.push(cut);
    }
    for (const cut of cutter.end()) await pipeline.push(cut);
    const at = await pipeline.finish();
    if (!pipeline.isFull) return this.#staging.end({ kind: "end_of_file", at });
    const error = `the file has more lines than can be numbered: at most ${lastLine}`;
    this.#staging.end({ kind: "unreadable", error });
  }
}
