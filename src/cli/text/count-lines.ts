// How often what: numbers below each other, and what they count beside them.

import { countText } from "./figures.ts";
import { column, tableLines } from "./text-table.ts";

export function countLines(
  counts: readonly { readonly reason: string; readonly count: number }[],
): string[] {
  const columns = [
    column("", counts, ({ count }) => countText(count), { align: "right" }),
    column("", counts, ({ reason }) => reason),
  ];
  return tableLines(columns, Number.POSITIVE_INFINITY).slice(1);
}
