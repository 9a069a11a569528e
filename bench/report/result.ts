// What a scenario hands over: figures, each with its goal where there is one, and tables. The JSON file holds these
// objects as they are.
import { median } from "./statistics.ts";

export interface Goal {
  /** As it is shown: "at most 1.05". */
  readonly text: string;
  readonly isMet: boolean;
}

export interface Figure {
  readonly name: string;
  /** undefined: this machine cannot tell. */
  readonly value: number | undefined;
  readonly unit: string;
  /** What the value is the median of, where it is one. */
  readonly samples?: readonly number[];
  /** Undefined too where the sizes were too small to be judged. */
  readonly goal?: Goal | undefined;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Result {
  readonly scenario: string;
  readonly title: string;
  /** What exactly was measured, in sentences. */
  readonly measured: string;
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  /** Everything that was measured, for whoever wants to look closer. */
  readonly details?: unknown;
}

/** A limit that a value may reach. */
export interface Limit {
  readonly kind: "at most" | "at least";
  readonly limit: number;
}

/** @returns undefined if the value is not known, or is not to be judged */
export function judge(
  value: number | undefined,
  { kind, limit }: Limit,
  isJudged: boolean,
): Goal | undefined {
  if (value === undefined || !isJudged) return undefined;
  return { text: `${kind} ${limit}`, isMet: kind === "at most" ? value <= limit : value >= limit };
}

/** The median of what was measured in all rounds. */
export function medianFigure(
  name: string,
  unit: string,
  measured: readonly (number | undefined)[],
  goal?: { readonly limit: Limit; readonly isJudged: boolean },
): Figure {
  const samples = measured.filter((value) => value !== undefined);
  const value = samples.length === 0 ? undefined : median(samples);
  return { name, value, unit, samples, goal: goal && judge(value, goal.limit, goal.isJudged) };
}
