// Facts about one thing: a name, and beside it what is so. Sentences are wrapped to the screen.
import type { Brush } from "./paint.ts";
import { wrapText } from "./wrap.ts";

export interface Fact {
  readonly name: string;
  /** A sentence, which is wrapped; or lines that are laid out already, such as a table's. */
  readonly says: string | readonly string[];
  readonly paint?: Brush;
}

export interface FactsLayout {
  readonly columns: number;
  /** Of the names. */
  readonly paintName: Brush;
  /** Spaces before each line. Default 0. */
  readonly indent?: number;
  /** Columns for the names, so that several lists stand alike. Default as many as they need. */
  readonly nameColumns?: number;
}

const gap = "  ";

export function factLines(facts: readonly Fact[], layout: FactsLayout): string[] {
  const { columns, paintName, indent = 0 } = layout;
  const width = layout.nameColumns ?? Math.max(0, ...facts.map(({ name }) => name.length));
  const valueColumns = valueWidth(columns, indent, width);
  return facts.flatMap(({ name, says, paint = (text: string) => text }) => {
    const lines = typeof says === "string" ? wrapText(says, valueColumns) : says;
    return lines.map((line, at) => {
      const label = (at === 0 ? name : "").padEnd(width);
      const shown = label.trim() === "" ? label : paintName(label);
      return `${" ".repeat(indent)}${shown}${gap}${paint(line)}`.trimEnd();
    });
  });
}

/** What is left for the facts themselves; for tables among them. */
export function valueWidth(columns: number, indent: number, nameColumns: number): number {
  return Math.max(20, columns - indent - nameColumns - gap.length);
}
