// The moment that is looked at: pointed to in one plot or on the map, it is shown in all of them.
import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";

/** Seconds since 1970; null: none. */
export type Cursor = Signal<number | null>;

/** Each page that shows readings has its own. */
export const CursorContext = createContext<Cursor>(signal(null));

/** Index of the value nearest to `wanted`, in ascending order. -1 if there are none. */
export function nearestIndex(ascending: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  if (before < 0) return ascending.length === 0 ? -1 : low;
  return wanted - (ascending[before] ?? 0) <= (ascending[low] ?? 0) - wanted ? before : low;
}
