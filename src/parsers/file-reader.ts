// The reader of one package. It begins the run in the ledger, finds out of which satellite the package is, cuts the
// file into chunks of lines, has them normalised by worker threads and stages them in order. What becomes of the
// package is not decided here: the persister is told, and ends it.
import type { Database } from "../database/database.ts";
import type { LedgerRow } from "../database/ledger.ts";
import type { ClaimedFile } from "../folders/claimed-file.ts";
import { isUnchanged } from "../folders/file-identity.ts";
import type { Folders } from "../folders/folders.ts";
import type { ByteSource, HeldFile } from "../folders/held-file.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { Throttle } from "../persister/throttle.ts";
import { chunkBytes as longestChunkBytes } from "../staging/chunk-memory.ts";
import type { PackageRun } from "../staging/package-run.ts";
import type {
  FilePosition,
  Opening,
  PackageHeader,
  StagingStore,
} from "../staging/staging-store.ts";
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
  readonly throttle: Throttle;
}

const fileGone = "the file is gone: it was taken away from processing/";

/** Where a run begins to read, and the header if the first commit is to record it. */
interface Begin {
  readonly satelliteType: string;
  readonly from: FilePosition;
  readonly header: PackageHeader | undefined;
}

/** Runs the reader of one package. */
export function fileReader(
  run: PackageRun,
  staging: StagingStore,
  options: ReaderOptions,
): Component {
  return spawn(({ stopping }) => new FileReader(run, staging, options, stopping).run());
}

class FileReader {
  readonly #run: PackageRun;
  readonly #staging: StagingStore;
  readonly #options: ReaderOptions;
  readonly #stopping: AbortSignal;

  constructor(
    run: PackageRun,
    staging: StagingStore,
    options: ReaderOptions,
    stopping: AbortSignal,
  ) {
    this.#run = run;
    this.#staging = staging;
    this.#options = options;
    this.#stopping = stopping;
  }

  get #file(): ClaimedFile {
    return this.#run.file;
  }

  get #sizeBytes(): number {
    return Number(this.#file.fingerprint.sizeBytes);
  }

  async run(): Promise<void> {
    const row = await this.#begin();
    await this.#options.faults.at("after_epoch");
    if (row === undefined) return this.#staging.open(await this.#whyNotOurs());
    const held = await this.#run.hold(this.#options.folders);
    if (held === undefined) return this.#staging.open({ kind: "fail", row, error: fileGone });
    try {
      if (!this.#isAsHashed(held)) return this.#staging.open({ kind: "let_go" });
      await this.#read(held, row);
    } finally {
      await held.release();
    }
  }

  /** The row of this run: the first one began when intake entered the package. */
  async #begin(): Promise<LedgerRow | undefined> {
    const { database, maxAttempts } = this.#options;
    const { fileId } = this.#file;
    return (
      this.#run.takeBegun() ??
      (await database.use(this.#stopping, ({ ledger }) => ledger.own(fileId, maxAttempts)))
    );
  }

  /** Other bytes than those that were hashed: intake looks at the file anew. */
  #isAsHashed(held: HeldFile): boolean {
    return held.isKept || isUnchanged(held.fingerprint(), this.#file.fingerprint);
  }

  /** The ledger would not give this run the package. */
  async #whyNotOurs(): Promise<Opening> {
    const { database, maxAttempts } = this.#options;
    const row = await database.use(this.#stopping, ({ ledger }) => ledger.find(this.#file.fileId));
    if (row?.status === "complete" || row?.status === "duplicate") {
      return { kind: "finished", errors: row.errors };
    }
    if (row?.status !== "processing" || row.owner !== database.owner) return { kind: "let_go" };
    const at = row.checkpointLine === 1 ? "its beginning" : `line ${row.checkpointLine}`;
    const error = `given up: ${maxAttempts} runs made no progress beyond ${at}; the log says why each one ended`;
    return { kind: "fail", row, error };
  }

  async #read(source: ByteSource, row: LedgerRow): Promise<void> {
    const begin = await this.#findBegin(source, row);
    if ("kind" in begin) return this.#staging.open(begin);
    const { satelliteType, from, header } = begin;
    this.#staging.open({ kind: "load", row: { ...row, satelliteType }, header });
    await this.#stage(source, satelliteType, from);
  }

  /** The satellite type and the first line to read: from the header, or where the checkpoint stands. */
  async #findBegin(source: ByteSource, row: LedgerRow): Promise<Opening | Begin> {
    const { maxLineBytes } = this.#options;
    if (row.checkpointLine > 1 && row.satelliteType !== null) {
      const from = { line: row.checkpointLine, offset: row.checkpointOffset };
      return { satelliteType: row.satelliteType, from, header: undefined };
    }
    const { outcome, next } = await readHeader(source, this.#sizeBytes, maxLineBytes);
    if (!outcome.ok) return { kind: "fail", row, error: outcome.error };
    const satelliteType = outcome.satelliteType.name;
    const header = { satelliteType, text: outcome.header };
    const begin = { satelliteType, from: next };
    // The only commit of a small package is about to come; one that has failed before may never get there.
    const isCommittedSoon = row.attempts === 1 && this.#sizeBytes <= longestChunkBytes;
    if (!isCommittedSoon && !(await this.#record(header, row))) return { kind: "let_go" };
    await this.#options.faults.at("after_header");
    return { ...begin, header: isCommittedSoon ? header : undefined };
  }

  async #record({ satelliteType, text }: PackageHeader, row: LedgerRow): Promise<boolean> {
    return this.#options.database.use(this.#stopping, ({ ledger }) =>
      ledger.recordHeader(row.id, row.ownerEpoch, satelliteType, text),
    );
  }

  async #stage(source: ByteSource, satelliteType: string, from: FilePosition): Promise<void> {
    const cutter = this.#cutterFrom(from.offset);
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
      const { bytesRead } = await source.read(space, 0, wanted, position);
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

  /** A package of a single chunk needs no more memory than its size. */
  #cutterFrom(offset: number): ChunkCutter {
    const { maxLineBytes, parsePool } = this.#options;
    const leftBytes = this.#sizeBytes - offset;
    const isSingle = leftBytes < longestChunkBytes;
    return new ChunkCutter({
      offset,
      maxLineBytes,
      chunkBytes: isSingle ? leftBytes + 1 : longestChunkBytes,
      memory: isSingle ? undefined : parsePool.memory,
    });
  }
}
