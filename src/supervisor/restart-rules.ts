// The two pure decisions of a supervisor: whether a child comes back (R3), and who is restarted with it (R4).
import type { RestartType, Strategy } from "./child-spec.ts";
import { type Exit, isExpected } from "./component.ts";

/** What becomes of a child that ended by itself, and whether anybody is told. */
export interface Aftermath {
  readonly comesBack: boolean;
  readonly isReported: boolean;
}

export function aftermathOf(restart: RestartType, exit: Exit): Aftermath {
  const unexpected = !isExpected(exit);
  const comesBack = restart === "permanent" || (restart === "transient" && unexpected);
  return { comesBack, isReported: comesBack || unexpected };
}

/** Those who are stopped and started for a restart of `failed`, in start order, `failed` among them. */
export function restartedWith<Child>(
  strategy: Strategy,
  children: readonly Child[],
  failed: Child,
): readonly Child[] {
  switch (strategy) {
    case "one_for_one":
      return [failed];
    case "rest_for_one":
      return children.slice(children.indexOf(failed));
    case "one_for_all":
      return [...children];
  }
}
