// The table of the command `rejects`. The bytes of the lines are shown escaped, as far as there is room.
import { plainText } from "../../parsers/plain-text.ts";
import type { RejectedLine } from "../../queries/rejects.ts";
import type { Screen } from "../context.ts";
import { clip } from "../text/display-width.ts";
import { paintFor } from "../text/paint.ts";
import { type Column, column, naturalColumns, tableLines } from "../text/text-table.ts";
import { rawText } from "./raw-text.ts";

const longestDetail = 40;
/** Below that a line's bytes stand below its row, and not in it. */
const leastRawColumns = 30;
const gap = 2;

/** How many bytes of a line are worth asking for. */
export function bytesForScreen({ columns }: Screen): number {
  return Math.max(leastRawColumns, columns) * 4; // Characters of UTF-8 take up to four.
}

export function rejectsTable(rejects: readonly RejectedLine[], screen: Screen): string[] {
  const paint = paintFor(screen);
  const right = { align: "right" } as const;
  const columns: Column[] = [
    column("line", rejects, ({ line }) => String(line), right),
    column("byte", rejects, ({ byteOffset }) => String(byteOffset), right),
    column("reason", rejects, ({ reason }) => reason, { paint: paint.warning }),
    column("detail", rejects, ({ detail }) => plainText(detail ?? "", longestDetail)),
  ];
  const room = screen.columns - naturalColumns(columns) - gap;
  if (room >= leastRawColumns) {
    const raw = column("raw", rejects, (line) => shown(line, room), { paint: paint.faint });
    return tableLines([...columns, raw], screen.columns);
  }
  const indent = "    ";
  const [titles = "", ...lines] = tableLines(columns, screen.columns);
  const rows = lines.flatMap((line, at) => {
    const reject = rejects[at];
    const raw = reject === undefined ? "" : shown(reject, screen.columns - indent.length);
    return [line, paint.faint(indent + raw)];
  });
  return [titles, ...rows];
}

function shown({ raw, rawBytes }: RejectedLine, columns: number): string {
  const text = rawText(raw, raw.length * 8); // Nothing is cut: an escape is shorter.
  return clip(rawBytes > raw.length ? `${text}…` : text, columns);
}
