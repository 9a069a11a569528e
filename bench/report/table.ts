// Results as text: for a terminal, or as markdown for docs/performance.md.
import { shownNumber } from "./numbers.ts";
import type { Figure, Result, Table } from "./result.ts";

export function shownResult(result: Result, style: "terminal" | "markdown"): string {
  const show = style === "markdown" ? markdownTable : terminalTable;
  const heading = style === "markdown" ? `### ${result.title}` : `\n== ${result.title}`;
  const tables = [
    ...(result.figures.length === 0 ? [] : [figureTable(result.figures)]),
    ...result.tables,
  ];
  const parts = [heading, result.measured.replaceAll("\n", style === "markdown" ? "\n" : " ")];
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
