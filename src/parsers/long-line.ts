// A line too long to be held, as a chunk of one rejected line: its first bytes stand for it.
import { rejectionReasons } from "../satellites/satellite.ts";
import { allocateColumns } from "../staging/line-columns.ts";
import { StagedChunk } from "../staging/staged-chunk.ts";
import type { LongLineCut } from "./chunk-cutter.ts";
import { lineTooLong } from "./parse-lines.ts";

const longestUint32 = 2 ** 32 - 1;

/** @param firstLine the line's physical number */
export function stageLongLine(
  cut: LongLineCut,
  firstLine: number,
  maxLineBytes: number,
): StagedChunk {
  const columns = allocateColumns(cut.isBlank ? 0 : 1); // A blank line does not count, however long it is.
  columns.length[0] = Math.min(cut.lengthBytes, longestUint32);
  const { reason, detail } = lineTooLong(cut.lengthBytes, maxLineBytes);
  columns.detail[0] = 1;
  columns.status[0] = 1 + rejectionReasons.indexOf(reason);
  return new StagedChunk(
    cut.head,
    { ...columns, instruments: new Uint8Array(0), details: [detail] },
    {
      firstLine,
      firstOffset: cut.offset,
      physicalLines: 1,
      byteLength: cut.nextOffset - cut.offset,
    },
  );
}
