// A chunk in parts of whole lines that are so small that parsing one holds nobody up. Pure: it looks for line ends and
// copies nothing; the parts are views of the chunk's bytes.
import type { LinesCut } from "./chunk-cutter.ts";

const lineFeed = 10;

/** @returns the parts in their order, each of at most `longestBytes`; the chunk itself if one of its lines is longer */
export function smallParts(cut: LinesCut, longestBytes: number): readonly LinesCut[] {
  const { bytes, offset } = cut;
  const parts: LinesCut[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = endOfPart(bytes, from, longestBytes);
    if (to === from) return [cut];
    const [part, nextOffset] = [bytes.subarray(from, to), offset + to];
    parts.push({ kind: "lines", offset: offset + from, nextOffset, bytes: part });
    from = to;
  }
  return parts;
}

/** Behind the last line that ends within reach; the beginning if none does. */
function endOfPart(bytes: Uint8Array, from: number, longestBytes: number): number {
  if (bytes.length - from <= longestBytes) return bytes.length;
  return Math.max(from, bytes.lastIndexOf(lineFeed, from + longestBytes - 1) + 1);
}
