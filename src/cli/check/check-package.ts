// A dry run of one package: the steps of the daemon (open, hash, header, cut, parse, validate), in this process and
// without a database. It opens the file for reading and changes nothing.
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import {
  type Fingerprint,
  fingerprint,
  isUnchanged,
  openRegular,
} from "../../folders/file-identity.ts";
import { sha256Of } from "../../folders/sha256.ts";
import { ChunkCutter, type Cut } from "../../parsers/chunk-cutter.ts";
import { lastLine } from "../../parsers/chunk-pipeline.ts";
import { readHeader } from "../../parsers/header-line.ts";
import { stageLongLine } from "../../parsers/long-line.ts";
import { parseLines } from "../../parsers/parse-lines.ts";
import { validate } from "../../persister/validation.ts";
import type { SatelliteType } from "../../satellites/satellite.ts";
import { chunkBytes } from "../../staging/chunk-memory.ts";
import { StagedChunk } from "../../staging/staged-chunk.ts";
import type { FilePosition } from "../../staging/staging-store.ts";
import { emptyTally, type Tally, TallyCounter } from "./tally.ts";

export interface CheckLimits {
  readonly maxLineBytes: number;
  /** How many rejected lines are named. All are counted. */
  readonly mostNamed: number;
}

/** What would become of a file. */
export interface CheckedPackage extends Tally {
  readonly path: string;
  readonly sizeBytes: number;
  /** null: as the daemon, it does not hash a file beyond 1 GiB that is refused by its header. */
  readonly sha256: string | null;
  readonly satelliteType: string | null;
  /** Why the package as a whole is refused. */
  readonly refused: string | null;
}

/** A path behind which no package lies. */
export interface NoPackage {
  readonly path: string;
  readonly problem: string;
}

const alwaysHashedBytes = 2 ** 30;

/** @throws what the operating system refuses */
export async function checkPackage(
  path: string,
  limits: CheckLimits,
): Promise<CheckedPackage | NoPackage> {
  const opened = await openRegular(path);
  if (opened.kind === "gone") return { path, problem: "there is no such file" };
  if (opened.kind === "other") {
    return {
      path,
      problem: "this is a folder, link, FIFO, socket or device: it would be left alone",
    };
  }
  const { handle } = opened;
  try {
    const checked = await checkOpen(path, handle, Number(opened.fingerprint.sizeBytes), limits);
    if (await isStill(handle, opened.fingerprint)) return checked;
    return { path, problem: "it changed while it was read: somebody is still writing it" };
  } finally {
    await handle.close();
  }
}

async function isStill(handle: FileHandle, before: Fingerprint): Promise<boolean> {
  return isUnchanged(before, fingerprint(await handle.stat({ bigint: true })));
}

async function checkOpen(
  path: string,
  handle: FileHandle,
  sizeBytes: number,
  limits: CheckLimits,
): Promise<CheckedPackage> {
  const { outcome, next } = await readHeader(handle, sizeBytes, limits.maxLineBytes);
  if (!outcome.ok) {
    const sha256 = sizeBytes > alwaysHashedBytes ? null : await sha256Of(handle);
    const refused = outcome.error;
    return { path, sizeBytes, sha256, satelliteType: null, refused, ...emptyTally };
  }
  const { satelliteType } = outcome;
  const run = new DryRun(satelliteType, limits, next);
  const sha256 = await run.read(handle, sizeBytes);
  const refused = run.isFull
    ? `the file has more lines than can be numbered: at most ${lastLine}`
    : null;
  return { path, sizeBytes, sha256, satelliteType: satelliteType.name, refused, ...run.tally() };
}

class DryRun {
  readonly #satelliteType: SatelliteType;
  readonly #maxLineBytes: number;
  readonly #counter: TallyCounter;
  #next: FilePosition;

  constructor(satelliteType: SatelliteType, limits: CheckLimits, from: FilePosition) {
    this.#satelliteType = satelliteType;
    this.#maxLineBytes = limits.maxLineBytes;
    this.#counter = new TallyCounter(limits.mostNamed);
    this.#next = from;
  }

  /** As of the daemon's reader: the column `line` is a PostgreSQL integer. */
  get isFull(): boolean {
    return this.#next.line - 1 > lastLine;
  }

  tally(): Tally {
    return this.#counter.tally();
  }

  /** Reads the file once, header included, for its lines and its hash. @returns the hash in hex */
  async read(handle: FileHandle, sizeBytes: number): Promise<string> {
    const hash = createHash("sha256");
    const { offset } = this.#next;
    await hashStart(handle, hash, offset);
    const maxLineBytes = this.#maxLineBytes;
    const cutter = new ChunkCutter({ offset, maxLineBytes, chunkBytes });
    for (let position = offset; position < sizeBytes; ) {
      const space = cutter.space();
      const wanted = Math.min(space.length, sizeBytes - position);
      const { bytesRead } = await handle.read(space, 0, wanted, position);
      if (bytesRead === 0) break; // Cut short meanwhile: noticed at the end.
      hash.update(space.subarray(0, bytesRead));
      position += bytesRead;
      for (const cut of cutter.filled(bytesRead)) this.#take(cut);
    }
    for (const cut of cutter.end()) this.#take(cut);
    return hash.digest("hex");
  }

  #take(cut: Cut): void {
    const chunk = cut.kind === "lines" ? this.#parse(cut.bytes, cut.offset) : this.#longLine(cut);
    this.#next = {
      line: this.#next.line + chunk.place.physicalLines,
      offset: cut.nextOffset,
    };
    if (this.isFull) return;
    validate({ chunk, from: 0, to: chunk.count }, this.#satelliteType.keys);
    this.#counter.add(chunk);
  }

  #parse(source: Uint8Array, firstOffset: number): StagedChunk {
    const options = { satelliteType: this.#satelliteType, maxLineBytes: this.#maxLineBytes };
    const { columns, physicalLines } = parseLines(source, options);
    const firstLine = this.#next.line;
    const place = { firstLine, firstOffset, physicalLines, byteLength: source.length };
    return new StagedChunk(source, columns, place);
  }

  #longLine(cut: Extract<Cut, { kind: "long_line" }>): StagedChunk {
    return stageLongLine(cut, this.#next.line, this.#maxLineBytes);
  }
}

async function hashStart(handle: FileHandle, hash: Hash, bytes: number): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, bytes)));
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, bytes - at), at);
    if (bytesRead === 0) return;
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}
