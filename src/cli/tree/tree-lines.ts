// The supervision tree as lines: who supervises whom, in which state, for how long, after how many restarts.
import type { Tree, TreeNode } from "../../api/schemas/tree.ts";
import type { Screen } from "../context.ts";
import { ageText, countedText } from "../text/figures.ts";
import { paintFor } from "../text/paint.ts";
import { column, tableLines } from "../text/text-table.ts";
import { secondsSince } from "../text/time-text.ts";
import { stateBrush } from "./state-brush.ts";

interface Row {
  readonly label: string;
  readonly node: TreeNode;
}

const leastLabel = 20;

export function treeLines({ at, root }: Tree, screen: Screen): string[] {
  const paint = paintFor(screen);
  const nowMs = Date.parse(at);
  const rows = rowsOf(root, "", "");
  const restarts = (count: number) => (count === 0 ? "" : countedText(count, "restart"));
  const columns = [
    column("", rows, ({ label }) => label, { leastColumns: leastLabel }),
    column("", rows, ({ node }) => node.state, {
      paint: (cell) => stateBrush(cell.trim(), paint)(cell),
    }),
    column("", rows, ({ node }) => `for ${ageText(secondsSince(node.since, nowMs))}`),
    column("", rows, ({ node }) => restarts(node.restarts), { paint: paint.warning }),
  ];
  return tableLines(columns, screen.columns).slice(1);
}

/** @param first before the node itself; rest: before what is below it */
function rowsOf(node: TreeNode, first: string, rest: string): Row[] {
  const below = node.children.flatMap((child, at) => {
    const isLast = at === node.children.length - 1;
    return rowsOf(child, `${rest}${isLast ? "└─ " : "├─ "}`, `${rest}${isLast ? "   " : "│  "}`);
  });
  return [{ label: first + node.id, node }, ...below];
}
