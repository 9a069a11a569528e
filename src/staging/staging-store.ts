// The bounded store between the reader and the persister of one package. Bounded in bytes, since fifty thousand lines
// can be 50 kB or 50 GB: when it is full the reader waits. What it holds is never saved; it comes again from the file.
import { EventEmitter, once } from "node:events";
import type { LedgerRow } from "../database/ledger.ts";
import { ActorStoppedError } from "../errors.ts";
import { type Component, spawn } from "../supervisor/component.ts";
import type { StagedChunk } from "./staged-chunk.ts";

/** Lines of a chunk, from one index to before another. */
export interface ChunkSlice {
  readonly chunk: StagedChunk;
  readonly from: number;
  readonly to: number;
}

/** A place in the file where reading can go on: the next physical line and its first byte. */
export interface FilePosition {
  readonly line: number;
  readonly offset: number;
}

/** Lines in file order that are committed together. */
export interface StagedBatch {
  readonly kind: "batch";
  readonly slices: readonly ChunkSlice[];
  /** Counted lines, good and rejected. */
  readonly lines: number;
  /** Behind this batch. */
  readonly next: FilePosition;
  /** Whether the file ends here. */
  readonly last: boolean;
}

/** What the first line of a package says, as far as the ledger has it. */
export interface PackageHeader {
  readonly satelliteType: string;
  /** JSON text. */
  readonly text: string;
}

/**
 * How a run begins, which the reader finds out and the persister acts upon. load: chunks follow, under this row's
 * epoch; the first commit records the header, unless the ledger has it already. fail: the package is refused or given up. finished: the ledger says so, its file is to be removed. let_go: the
 * package is not this run's to load.
 */
export type Opening =
  | {
      readonly kind: "load";
      readonly row: LedgerRow;
      readonly header: PackageHeader | undefined;
    }
  | { readonly kind: "fail"; readonly row: LedgerRow; readonly error: string }
  | { readonly kind: "finished"; readonly errors: number }
  | { readonly kind: "let_go" };

/** Why no chunk follows: the file was read to its end, or cannot be read on, for the reason given. */
export type FileEnd =
  | { readonly kind: "end_of_file"; readonly at: FilePosition }
  | { readonly kind: "unreadable"; readonly error: string };

/** No batch holds more memory, however few rows that are. */
export const maxBatchBytes = 16 * 2 ** 20;

export interface BatchLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** The batch that is being committed and the one that follows it, so that neither side waits for the other. */
export const stagingCapacityBytes = 2 * maxBatchBytes;

export class StagingStore {
  readonly #capacityBytes: number;
  readonly #bell = new EventEmitter().setMaxListeners(0);
  readonly #chunks: StagedChunk[] = [];
  /** Lines of the first chunk that earlier batches have taken. */
  #taken = 0;
  #waitingBytes = 0;
  #waitingLines = 0;
  /** Bytes of the batches that were taken and are not yet settled. */
  #lentBytes = 0;
  /** Chunks that wait for room. */
  readonly #blocked = new Set<StagedChunk>();
  #opening: Opening | undefined;
  #end: FileEnd | undefined;
  #closed = false;

  /** @param capacityBytes what may be staged at a time; a single chunk may go beyond it. */
  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Runs the store as a component: it lives until it is asked to stop, and then answers all who wait. */
  start(): Component {
    return spawn(async ({ stopping }) => {
      if (!stopping.aborted) await once(stopping, "abort");
      this.#closed = true;
      this.#chunks.length = 0;
      this.#bell.emit("change");
    });
  }

  /** Memory in use, lent batches included. */
  get stagedBytes(): number {
    return this.#waitingBytes + this.#lentBytes;
  }

  /** Says how the run begins: once, before anything is put. */
  open(opening: Opening): void {
    this.#opening = opening;
    this.#bell.emit("change");
  }

  /** Resolves when it is known how the run begins. */
  async opened(signal: AbortSignal): Promise<Opening> {
    for (;;) {
      this.#refuseIfClosed(signal);
      if (this.#opening !== undefined) return this.#opening;
      await once(this.#bell, "change", { signal });
    }
  }

  /** Resolves when the chunk is inside; waits for room. @throws {ActorStoppedError} or the signal's reason */
  async put(chunk: StagedChunk, signal: AbortSignal): Promise<void> {
    if (!this.#hasRoomFor(chunk)) {
      // A chunk that finds no room must not wait for a batch that waits for more chunks.
      this.#blocked.add(chunk);
      this.#bell.emit("change");
      await this.#until(() => this.#hasRoomFor(chunk), signal).finally(() => {
        this.#blocked.delete(chunk);
      });
    }
    this.#refuseIfClosed(signal);
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.stagedBytes;
    this.#waitingLines += chunk.count;
    this.#bell.emit("change");
  }

  /** Says that no chunk follows. */
  end(end: FileEnd): void {
    this.#end = end;
    this.#bell.emit("change");
  }

  /**
   * The next batch: as many lines as the limits allow, and never fewer while more are to come, since few large commits
   * are cheaper than many small ones. The batch's memory counts as staged until `settle`.
   */
  async take(
    limits: BatchLimits,
    signal: AbortSignal,
  ): Promise<StagedBatch | Extract<FileEnd, { kind: "unreadable" }>> {
    await this.#until(() => this.#end !== undefined || this.#fills(limits), signal);
    return this.#end?.kind === "unreadable" ? this.#end : this.#cut(limits);
  }

  /** Gives the room of a committed batch back, and the memory of its chunks. */
  settle(batch: StagedBatch): void {
    for (const { chunk, to } of batch.slices) {
      if (to < chunk.count) continue;
      this.#lentBytes -= chunk.stagedBytes;
      chunk.release();
    }
    this.#bell.emit("change");
  }

  #hasRoomFor(chunk: StagedChunk): boolean {
    return this.stagedBytes === 0 || this.stagedBytes + chunk.stagedBytes <= this.#capacityBytes;
  }

  #fills({ maxRows, maxBytes }: BatchLimits): boolean {
    if (this.#waitingLines - this.#taken >= maxRows || this.#waitingBytes >= maxBytes) return true;
    const isStuck = [...this.#blocked].some((chunk) => !this.#hasRoomFor(chunk));
    return isStuck && this.#lentBytes === 0 && this.#chunks.length > 0;
  }

  #cut({ maxRows, maxBytes }: BatchLimits): StagedBatch {
    const slices: ChunkSlice[] = [];
    let lines = 0;
    let bytes = 0;
    let next = this.#end?.kind === "end_of_file" ? this.#end.at : undefined;
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const isFirst = slices.length === 0;
      if (!isFirst && (lines >= maxRows || bytes + chunk.stagedBytes > maxBytes)) break;
      const from = this.#taken;
      const to = Math.min(chunk.count, from + maxRows - lines);
      slices.push({ chunk, from, to });
      lines += to - from;
      bytes += chunk.stagedBytes;
      next = placeAfter(chunk, to);
      if (to < chunk.count) {
        this.#taken = to;
        break;
      }
      this.#giveOut(chunk);
    }
    if (next === undefined) throw new RangeError("a batch of nothing, before the end of the file");
    const last = this.#end !== undefined && this.#chunks.length === 0;
    return { kind: "batch", slices, lines, next, last };
  }

  #giveOut(chunk: StagedChunk): void {
    this.#chunks.shift();
    this.#taken = 0;
    this.#waitingBytes -= chunk.stagedBytes;
    this.#waitingLines -= chunk.count;
    this.#lentBytes += chunk.stagedBytes;
  }

  async #until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      this.#refuseIfClosed(signal);
      if (isTrue()) return;
      await once(this.#bell, "change", { signal });
    }
  }

  #refuseIfClosed(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (this.#closed) throw new ActorStoppedError("staging has stopped");
  }
}

/** Where reading goes on after the first `to` lines of a chunk: at its end, or at the line of the next index. */
function placeAfter(chunk: StagedChunk, to: number): FilePosition {
  if (to < chunk.count) return { line: chunk.lineOf(to), offset: chunk.offsetOf(to) };
  const { firstLine, firstOffset, physicalLines, byteLength } = chunk.place;
  return { line: firstLine + physicalLines, offset: firstOffset + byteLength };
}

/** Two batches of half the lines each, for a server that finds one too much at a time. */
export function halve(batch: StagedBatch): readonly [StagedBatch, StagedBatch] {
  const slices: [ChunkSlice[], ChunkSlice[]] = [[], []];
  let room = Math.ceil(batch.lines / 2);
  for (const { chunk, from, to } of batch.slices) {
    const middle = Math.min(to, from + room);
    if (middle > from) slices[0].push({ chunk, from, to: middle });
    if (to > middle) slices[1].push({ chunk, from: middle, to });
    room -= middle - from;
  }
  const [first] = slices[1];
  const next = first === undefined ? batch.next : placeAfter(first.chunk, first.from);
  return [
    { ...batch, slices: slices[0], lines: Math.ceil(batch.lines / 2), next, last: false },
    { ...batch, slices: slices[1], lines: Math.floor(batch.lines / 2) },
  ];
}
