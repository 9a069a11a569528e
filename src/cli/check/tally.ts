// What the lines of a package amount to: how many would be imported and rejected, for which reasons, of which times.

import { timestamptzText } from "../../persister/timestamptz-text.ts";
import { isoTimeOrNull } from "../../queries/iso-time.ts";
import type { RejectionReason } from "../../satellites/satellite.ts";
import { detailOf } from "../../staging/line-columns.ts";
import type { StagedChunk } from "../../staging/staged-chunk.ts";

export interface RejectedLine {
  readonly line: number;
  readonly byteOffset: number;
  readonly reason: RejectionReason;
  readonly detail: string;
}

export interface Tally {
  readonly totalLines: number;
  readonly importedLines: number;
  readonly errors: number;
  /** Of the good lines, in ISO 8601. */
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** The most frequent first. */
  readonly reasons: readonly { readonly reason: RejectionReason; readonly count: number }[];
  /** The first ones in the file. */
  readonly rejects: readonly RejectedLine[];
}

export const emptyTally: Tally = {
  totalLines: 0,
  importedLines: 0,
  errors: 0,
  firstTimestamp: null,
  lastTimestamp: null,
  reasons: [],
  rejects: [],
};

export class TallyCounter {
  readonly #mostNamed: number;
  readonly #reasons = new Map<RejectionReason, number>();
  readonly #rejects: RejectedLine[] = [];
  #total = 0;
  #errors = 0;
  #firstUs: bigint | undefined;
  #lastUs: bigint | undefined;

  constructor(mostNamed: number) {
    this.#mostNamed = mostNamed;
  }

  add(chunk: StagedChunk): void {
    this.#total += chunk.count;
    for (let index = 0; index < chunk.count; index++) {
      const reason = chunk.reasonOf(index);
      if (reason === undefined) this.#addTime(chunk.columns.timestampUs[index]);
      else this.#addRejected(chunk, index, reason);
    }
  }

  tally(): Tally {
    const reasons = [...this.#reasons].map(([reason, count]) => ({ reason, count }));
    return {
      totalLines: this.#total,
      importedLines: this.#total - this.#errors,
      errors: this.#errors,
      firstTimestamp: isoTimeOrNull(timestamptzText(this.#firstUs)),
      lastTimestamp: isoTimeOrNull(timestamptzText(this.#lastUs)),
      reasons: reasons.sort((a, b) => b.count - a.count),
      rejects: this.#rejects,
    };
  }

  #addTime(us: bigint | undefined): void {
    if (us === undefined) return;
    if (this.#firstUs === undefined || us < this.#firstUs) this.#firstUs = us;
    if (this.#lastUs === undefined || us > this.#lastUs) this.#lastUs = us;
  }

  #addRejected(chunk: StagedChunk, index: number, reason: RejectionReason): void {
    this.#errors++;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    if (this.#rejects.length >= this.#mostNamed) return;
    this.#rejects.push({
      line: chunk.lineOf(index),
      byteOffset: chunk.offsetOf(index),
      reason,
      detail: detailOf(chunk.columns, index),
    });
  }
}
