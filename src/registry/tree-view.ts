// The supervision tree as it is at this moment, as plain data for tools that show it. Looking changes nothing, waits
// for nothing, and gives away no component: with this nobody can stop anything.
import type { ChildType } from "../supervisor/child-spec.ts";
import type { Component } from "../supervisor/component.ts";
import {
  type ChildInspection,
  type ChildState,
  type Inspectable,
  isInspectable,
} from "../supervisor/inspection.ts";
import { registryKey } from "./registry.ts";

/** The root of the tree, once all of it has started. */
export const rootKey = registryKey<Inspectable>("telemetry");

/** One component and what is below it. JSON-serialisable. */
export interface TreeNode {
  readonly id: string;
  readonly type: ChildType;
  readonly state: ChildState;
  readonly restarts: number; // Runs after its first. 0 for the root, which nobody restarts.
  readonly since: string; // When it came into this state: ISO 8601, UTC.
  readonly children: readonly TreeNode[]; // In start order; none below a worker.
}

/** The tree below `root`, and `root` itself. */
export function treeView(root: Inspectable): TreeNode {
  const { id, state, sinceEpochMs } = root.inspect();
  const since = toIso(sinceEpochMs);
  return { id, type: "supervisor", state, restarts: 0, since, children: childrenOf(root) };
}

function toNode({ id, type, state, restarts, sinceEpochMs, component }: ChildInspection): TreeNode {
  const children = type === "supervisor" ? below(component) : [];
  return { id, type, state, restarts, since: toIso(sinceEpochMs), children };
}

function below(component: Component | undefined): readonly TreeNode[] {
  return component !== undefined && isInspectable(component) ? childrenOf(component) : [];
}

function childrenOf(supervisor: Inspectable): readonly TreeNode[] {
  return supervisor.inspect().children.map(toNode);
}

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
