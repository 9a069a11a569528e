// Chunks on their way through the worker threads: several at once, staged in the order of the file. Only here a line
// gets its physical number, since no thread knows how many lines came before its chunk.
import type { FaultPoints } from "../observability/fault-points.ts";
import type { Spread } from "../persister/spread.ts";
import type { Throttle } from "../persister/throttle.ts";
import { StagedChunk } from "../staging/staged-chunk.ts";
import type { FilePosition, StagingStore } from "../staging/staging-store.ts";
import type { Cut, LinesCut, LongLineCut } from "./chunk-cutter.ts";
import { stageLongLine } from "./long-line.ts";
import type { ParsePool } from "./parse-pool.ts";
import { type ParseResult, parseHere } from "./parse-task.ts";
import { smallParts } from "./small-parts.ts";

export interface PipelineOptions {
  readonly parsePool: ParsePool;
  readonly faults: FaultPoints;
  readonly satelliteType: string;
  readonly maxLineBytes: number;
  readonly parseThreads: number;
  readonly throttle: Throttle;
  /** The first line that is pushed. */
  readonly from: FilePosition;
}

/** The column `line` is a PostgreSQL integer. */
export const lastLine = 2 ** 31 - 1;

/**
 * A smaller chunk is parsed here and now: a few dozen lines take less time than their way to a thread and back, and
 * can neither exhaust the memory nor hold up the loop.
 */
const smallBytes = 16 * 1024;
/** Beside others all of it is parsed here, in parts of a tenth of a millisecond. More of them would leave more to collect. */
const partBytes = 32 * 1024;

/** A chunk that is being parsed, or a line that needs no parsing. */
type OnItsWay =
  | {
      readonly kind: "lines";
      readonly cut: LinesCut;
      readonly parsed: Promise<ParseResult>;
      readonly release: () => void;
    }
  | { readonly kind: "long_line"; readonly cut: LongLineCut };

export class ChunkPipeline {
  readonly #staging: StagingStore;
  readonly #options: PipelineOptions;
  readonly #stopping: AbortSignal;
  readonly #onTheirWay: OnItsWay[] = [];
  #next: FilePosition;
  readonly #spread: Spread;
  #isFull = false;

  constructor(staging: StagingStore, options: PipelineOptions, stopping: AbortSignal) {
    this.#staging = staging;
    this.#options = options;
    this.#stopping = stopping;
    this.#next = options.from;
    this.#spread = options.throttle.spread(stopping);
  }

  /** The file has more lines than can be numbered; those are not staged. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Sends a chunk on its way. */
  async push(cut: Cut): Promise<void> {
    if (cut.kind === "long_line") return this.#add(() => ({ kind: "long_line", cut }));
    const { parsePool, throttle } = this.#options;
    // A thread beside the main one would take a second processor from those whom the throttle gives way to.
    const { isGivingWay } = throttle;
    const parts = isGivingWay ? smallParts(cut, partBytes) : [cut];
    const hereBytes = isGivingWay ? partBytes : smallBytes;
    const release = afterLast(parts.length, () => parsePool.memory.give(cut.bytes));
    for (const part of parts) await this.#add(() => this.#parse(part, hereBytes, release));
  }

  /** Stages what is on its way. @returns the position behind it */
  async finish(): Promise<FilePosition> {
    while (this.#onTheirWay.length > 0) await this.#stageFirst();
    return this.#next;
  }

  /** Waits while enough are on their way: one for each thread, and one that is ready for the next. */
  async #add(begin: () => OnItsWay): Promise<void> {
    while (this.#onTheirWay.length > this.#options.parseThreads) await this.#stageFirst();
    this.#onTheirWay.push(begin());
  }

  /** @param hereBytes a longer chunk goes to a thread */
  #parse(cut: LinesCut, hereBytes: number, release: () => void): OnItsWay {
    const { parsePool, satelliteType, maxLineBytes } = this.#options;
    const chunk = { source: cut.bytes, satelliteType };
    const isHere = cut.bytes.length <= hereBytes;
    const parsed = isHere
      ? Promise.resolve(parseHere({ ...chunk, maxLineBytes }))
      : parsePool.parse(chunk);
    parsed.catch(() => {}); // It is awaited in its turn, which may come later than its failure.
    return { kind: "lines", cut, parsed, release };
  }

  async #stageFirst(): Promise<void> {
    const first = this.#onTheirWay.shift();
    if (first === undefined) return;
    const chunk = await this.#stage(first);
    const { physicalLines } = chunk.place;
    this.#next = { line: this.#next.line + physicalLines, offset: first.cut.nextOffset };
    this.#isFull ||= this.#next.line - 1 > lastLine;
    if (this.#isFull) return;
    await this.#staging.put(chunk, this.#stopping);
    await this.#spread.after(chunk.count);
  }

  async #stage(onItsWay: OnItsWay): Promise<StagedChunk> {
    const { maxLineBytes, faults } = this.#options;
    const firstLine = this.#next.line;
    if (onItsWay.kind === "long_line") return stageLongLine(onItsWay.cut, firstLine, maxLineBytes);
    const { source, columns, physicalLines } = await onItsWay.parsed;
    await faults.at("worker_mid_chunk");
    const { offset, nextOffset } = onItsWay.cut;
    const place = {
      firstLine,
      firstOffset: offset,
      physicalLines,
      byteLength: nextOffset - offset,
    };
    return new StagedChunk(source, columns, place, onItsWay.release);
  }
}

/** @returns to be called so often; with the last call `release` is */
function afterLast(count: number, release: () => void): () => void {
  let left = count;
  return () => {
    left--;
    if (left === 0) release();
  };
}
