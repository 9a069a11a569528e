// A chunk of a package between the worker that normalised it and the transaction that commits it: its bytes, its
// lines as columns, and a status for each. Owned by one run of the package and forgotten with it.
import { type RejectionReason, rejectionReasons } from "../satellites/satellite.ts";
import { columnBytes, type LineColumns } from "./line-columns.ts";

export interface ChunkPlace {
  /** Physical line of the chunk's first byte; the header is 1. */
  readonly firstLine: number;
  /** Byte of the file at which the chunk begins. */
  readonly firstOffset: number;
  /** Physical lines in the chunk, blank ones too. */
  readonly physicalLines: number;
  /** Bytes of the file that the chunk stands for. Its `source` may be shorter: a line that is too long is cut. */
  readonly byteLength: number;
}

/** What a detail takes on the heap: most are a field's name. */
const detailBytes = 100;

export class StagedChunk {
  readonly source: Uint8Array;
  readonly columns: LineColumns;
  readonly place: ChunkPlace;
  /** Memory that the chunk holds. */
  readonly stagedBytes: number;

  readonly #release: () => void;

  /** @param release takes the memory back, when nobody looks at the chunk any more */
  constructor(
    source: Uint8Array,
    columns: LineColumns,
    place: ChunkPlace,
    release = (): void => {},
  ) {
    this.source = source;
    this.columns = columns;
    this.place = place;
    this.#release = release;
    const { count, instruments, details } = columns;
    this.stagedBytes =
      source.byteLength +
      columnBytes(count) +
      instruments.byteLength +
      details.length * detailBytes;
  }

  /** To be called once, by whoever is the last to look at it. */
  release(): void {
    this.#release();
  }

  get count(): number {
    return this.columns.count;
  }

  isGood(index: number): boolean {
    return this.columns.status[index] === 0;
  }

  /** Takes the line out of the import, once: the first reason stands. */
  reject(index: number, reason: RejectionReason, detail: string): void {
    if (!this.isGood(index)) return;
    this.columns.status[index] = 1 + rejectionReasons.indexOf(reason);
    const { details } = this.columns;
    const at = details.lastIndexOf(detail);
    this.columns.detail[index] = at === -1 ? details.push(detail) : at + 1;
  }

  /** Why the line is not imported; undefined for a good one. */
  reasonOf(index: number): RejectionReason | undefined {
    return rejectionReasons[at(this.columns.status, index) - 1];
  }

  /** Physical line in the file. */
  lineOf(index: number): number {
    return this.place.firstLine + at(this.columns.line, index);
  }

  /** Byte of the file at which the line begins. */
  offsetOf(index: number): number {
    return this.place.firstOffset + at(this.columns.start, index);
  }

  /** The line's bytes without its end; only the first 4096 of one that is too long. */
  rawOf(index: number): Uint8Array {
    const start = at(this.columns.start, index);
    const end = start + at(this.columns.length, index);
    const longest = this.reasonOf(index) === "line_too_long" ? start + cutBytes : end;
    return this.source.subarray(start, Math.min(end, longest));
  }
}

/** How much of a line that is too long is kept. */
const cutBytes = 4_096;

function at(column: Uint32Array | Uint8Array, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`no line at ${index} of ${column.length}`);
  return value;
}
