// What a scenario hands over: figures, each with its goal where there is one, and tables. The JSON file holds these
// objects as they are.

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
export type Limit =
  | { readonly kind: "at most"; readonly limit: number; readonly unit?: string }
  | { readonly kind: "at least"; readonly limit: number; readonly unit?: string };

/** @returns undefined if the value is not known, or is not to be judged */
export function judge(
  value: number | undefined,
  limit: Limit,
  isJudged: boolean,
): Goal | undefined {
  if (value === undefined || !isJudged) return undefined;
  const isMet = limit.kind === "at most" ? value <= limit.limit : value >= limit.limit;
  return { text: `${limit.kind} ${limit.limit}`, isMet };
}
