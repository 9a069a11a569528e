// A table for people: aligned columns, of which one gives way when the screen is too narrow.
import { displayWidth, shorten } from "./display-width.ts";

export interface Column {
  readonly title: string;
  /** One for each row, without control characters. */
  readonly cells: readonly string[];
  /** Numbers right, texts left. Default left. */
  readonly align?: "left" | "right";
  /** May be cut, down to this width. For one column. */
  readonly leastColumns?: number;
  /** Adds colour to a cell, which then takes no more room. */
  readonly paint?: (cell: string) => string;
}

/** A column of what `cell` says of each row. */
export function column<Row>(
  title: string,
  rows: readonly Row[],
  cell: (row: Row) => string,
  layout: Pick<Column, "align" | "leastColumns" | "paint"> = {},
): Column {
  return { title, cells: rows.map(cell), ...layout };
}

const wideGap = 2;
const narrowGap = 1;

/** How wide the table would be if nothing were cut. */
export function naturalColumns(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + widthOf(column), wideGap * (columns.length - 1));
}

/** The lines of the table, its titles first. At most `limit` wide, unless nothing more can be cut. */
export function tableLines(columns: readonly Column[], limit: number): string[] {
  const excess = Math.max(0, naturalColumns(columns) - limit);
  const laid = columns.map((column) => {
    const width = widthOf(column);
    return { ...column, width: Math.max(width - excess, leastWidth(column, width)) };
  });
  const taken = laid.reduce((sum, { width }) => sum + width, wideGap * (laid.length - 1));
  const gap = " ".repeat(taken > limit ? narrowGap : wideGap);
  const titles = laid.map(({ paint: _, ...column }) => cellText(column, column.title));
  const count = columns[0]?.cells.length ?? 0;
  const rows = Array.from({ length: count }, (_, at) => {
    return laid.map((column) => cellText(column, column.cells[at] ?? ""));
  });
  return [titles, ...rows].map((cells) => cells.join(gap).trimEnd());
}

function widthOf({ title, cells }: Column): number {
  return cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell)), displayWidth(title));
}

function leastWidth({ leastColumns }: Column, width: number): number {
  return leastColumns === undefined ? width : Math.min(width, leastColumns);
}

function cellText(column: Column & { readonly width: number }, cell: string): string {
  const { align, paint, width } = column;
  const text = shorten(cell, width);
  const room = " ".repeat(Math.max(0, width - displayWidth(text)));
  const painted = paint === undefined || text === "" ? text : paint(text);
  return align === "right" ? room + painted : painted + room;
}
