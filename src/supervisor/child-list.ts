// The children of a supervisor as its answers show them.
import type { Child } from "./child.ts";
import type { ChildCount, ChildInfo } from "./supervisor-api.ts";

/** One line of `children()`. Asked between events only, when no child is starting or stopping. */
export function toInfo({ spec: { id, type }, run, state }: Child): ChildInfo {
  if (run !== undefined) return { id, type, state: "running", component: run };
  return { id, type, state: state === "restarting" ? "restarting" : "stopped" };
}

export function countOf(children: readonly Child[]): ChildCount {
  const specs = children.length;
  const active = children.filter(({ run }) => run !== undefined).length;
  const supervisors = children.filter(({ spec }) => spec.type === "supervisor").length;
  return { specs, active, supervisors, workers: specs - supervisors };
}
