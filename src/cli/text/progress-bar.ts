// How far something is, as a line of a given length.
import type { Paint } from "./paint.ts";

const done = "━";
const open = "─";

/** @param share 0 to 1. A bar is full only at 1. */
export function progressBar(share: number, columns: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * columns);
  return done.repeat(full) + open.repeat(columns - full);
}

export function paintBar(bar: string, paint: Paint): string {
  const full = bar.lastIndexOf(done) + 1;
  return paint.good(bar.slice(0, full)) + paint.faint(bar.slice(full));
}
