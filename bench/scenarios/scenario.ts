// What a scenario is, and how large it is to be.
import type { Result } from "../report/result.ts";
import type { Stage } from "../stage/stage.ts";

export interface Plan {
  /** Of each measurement that is repeated; the figure is their median. */
  readonly rounds: number;
  /** Sizes of the packages that are compared; undefined: the usual ones. */
  readonly lines: readonly number[] | undefined;
  /** Also ten million lines. */
  readonly isLarge: boolean;
  /** Everything tiny, to see that it works: no figure is judged. */
  readonly isSmoke: boolean;
  /** Tells a person what is going on. */
  readonly tell: (text: string) => void;
}

export interface Scenario {
  readonly name: string;
  /** For the help. */
  readonly summary: string;
  run(stage: Stage, plan: Plan): Promise<Result>;
}
