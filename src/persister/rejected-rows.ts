// The rejected lines of a batch as rows of `rejected_lines`, in binary COPY format.

import { detailOf } from "../staging/line-columns.ts";
import type { StagedChunk } from "../staging/staged-chunk.ts";
import type { StagedBatch } from "../staging/staging-store.ts";
import { CopyWriter, lengthBytes, rowBytes } from "./binary-copy.ts";

export const copyRejected =
  "COPY rejected_lines (file_id, line, byte_offset, reason, detail, raw) FROM STDIN (FORMAT binary)";

const fields = 6;
const fixedRowBytes = rowBytes + fields * lengthBytes + 8 + 4 + 8;

/** A line that is stored with its reason. */
interface Rejected {
  readonly chunk: StagedChunk;
  readonly index: number;
}

/** The first rejected lines of a batch, at most `most`: beyond the cap per file they are only counted. */
export function rejectedLines({ slices }: StagedBatch, most: number): Rejected[] {
  const rejected: Rejected[] = [];
  for (const { chunk, from, to } of slices) {
    for (let index = from; index < to && rejected.length < most; index++) {
      if (!chunk.isGood(index)) rejected.push({ chunk, index });
    }
  }
  return rejected;
}

/** How many lines of a batch are rejected for which reason. */
export function countReasons(batch: StagedBatch): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { chunk, from, to } of batch.slices) {
    for (let index = from; index < to; index++) {
      const reason = chunk.isGood(index) ? undefined : chunk.reasonOf(index);
      if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
    }
  }
  return counts;
}

export function encodeRejected(fileId: number, { chunk, index }: Rejected): Buffer {
  const reason = Buffer.from(chunk.reasonOf(index) ?? "");
  const detail = Buffer.from(detailOf(chunk.columns, index));
  const raw = chunk.rawOf(index);
  const writer = new CopyWriter(fixedRowBytes + reason.length + detail.length + raw.length);
  writer.row(fields);
  writer.int8(BigInt(fileId));
  writer.int4(chunk.lineOf(index));
  writer.int8(BigInt(chunk.offsetOf(index)));
  writer.bytes(reason);
  writer.bytes(detail);
  writer.bytes(raw);
  return writer.buffer;
}
