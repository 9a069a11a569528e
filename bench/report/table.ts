// Results as text: for a terminal, or as markdown for docs/performance.md.
import { shownNumber } from "./numbers.ts";
import type { Figure, Result, Table } from "./result.ts";

export type Style = "terminal" | "markdown";

/** What was measured, and what came out. */
export function shownResult({ title, measured, figures, tables }: Result, style: Style): string {
  const text = style === "markdown" ? measured : measured.replaceAll("\n", " ");
  return section(
    title,
    text,
    [...(figures.length === 0 ? [] : [figureTable(figures)]), ...tables],
    style,
  );
}

/** All figures that have a goal. */
export function shownGoals(results: readonly Result[], style: Style): string {
  const figures = results.flatMap((result) =>
    result.figures.filter(({ goal }) => goal !== undefined),
  );
  const text = "The figures of this run that have a goal.";
  return figures.length === 0 ? "" : section("Goals", text, [figureTable(figures)], style);
}

function section(title: string, text: string, tables: readonly Table[], style: Style): string {
  const show = style === "markdown" ? markdownTable : terminalTable;
  const parts = [style === "markdown" ? `### ${title}` : `\n== ${title}`, text];
  for (const table of tables) {
    if (table.title !== "") parts.push(table.title);
    parts.push(show(table));
  }
  return `${parts.join("\n\n")}\n`;
}

function figureTable(figures: readonly Figure[]): Table {
  return {
    title: "",
    columns: ["figure", "measured", "from to", "goal", ""],
    rows: figures.map(({ name, value, unit, samples, goal }) => [
      name,
      `${shownNumber(value)} ${unit}`,
      samples === undefined || samples.length < 2 ? "" : rangeText(samples),
      goal?.text ?? "",
      goal === undefined ? "" : goal.isMet ? "met" : "not met",
    ]),
  };
}

const rangeText = (samples: readonly number[]): string =>
  `${shownNumber(Math.min(...samples))} to ${shownNumber(Math.max(...samples))}`;

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function terminalTable({ columns, rows }: Table): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...all.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return all.map(line).join("\n");
}
