// What a reading may say, whatever satellite it is from: column by column, a few nanoseconds a value. What a line must
// look like is the satellite's rule and was checked before. Nothing behind this asks again: binary COPY takes NaN,
// Infinity and any number as a time.
import type { ReadingKeys } from "../satellites/satellite.ts";
import type { StagedChunk } from "../staging/staged-chunk.ts";
import type { ChunkSlice } from "../staging/staging-store.ts";

/** Lowest and highest value, both allowed, in degrees. Source: rule R6 of the package format. */
const ranges = [
  ["latitude", -90, 90],
  ["longitude", -180, 180],
] as const;

const finite = ["velocity", "altitude"] as const;

/** 0001-01-01T00:00:00Z less the widest offset, and 9999-12-31T23:59:59.999999Z plus it: what rule R7 can give. */
const firstUs = -62_135_596_800_000_000n - 57_540_000_000n;
const lastUs = 253_402_300_799_999_999n + 57_540_000_000n;

/**
 * Rejects the good lines whose values no reading can have. In the order of the fields; the first reason stands.
 * @param keys of the satellite type: a rejected line is told by the name that it has in the line itself
 */
export function validate({ chunk, from, to }: ChunkSlice, keys: ReadingKeys): void {
  const { timestampUs } = chunk.columns;
  for (let index = from; index < to; index++) {
    const us = timestampUs[index] ?? firstUs - 1n;
    if (us < firstUs || us > lastUs) chunk.reject(index, "invalid_timestamp", keys.timestamp);
  }
  for (const column of finite) {
    const why = ["wrong_type", keys[column]] as const;
    rejectBeyond(chunk, column, from, to, -Number.MAX_VALUE, Number.MAX_VALUE, why);
  }
  for (const [column, lowest, highest] of ranges) {
    rejectBeyond(chunk, column, from, to, lowest, highest, ["out_of_range", keys[column]]);
  }
}

function rejectBeyond(
  chunk: StagedChunk,
  column: "velocity" | "altitude" | "latitude" | "longitude",
  from: number,
  to: number,
  lowest: number,
  highest: number,
  [reason, detail]: readonly ["wrong_type" | "out_of_range", string],
): void {
  const values = chunk.columns[column];
  for (let index = from; index < to; index++) {
    const value = values[index] ?? Number.NaN;
    const within = value >= lowest && value <= highest; // False for NaN too.
    if (!within) chunk.reject(index, reason, detail);
  }
}
