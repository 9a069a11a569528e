// What a read-only view of the tree needs of a supervisor. Unlike `children()` it is answered at once, so that a
// supervisor stuck in the start of a child can still be looked at.
import type { ChildType } from "./child-spec.ts";
import type { Component } from "./component.ts";

/** `restarting`: the last start failed, another try is pending. `stopped`: a spec without a child. */
export type ChildState = "starting" | "running" | "restarting" | "stopping" | "stopped";

export interface ChildInspection {
  readonly id: string;
  readonly type: ChildType;
  readonly state: ChildState;
  readonly restarts: number; // Runs after its first, whoever started them.
  readonly sinceEpochMs: number; // When it came into this state, by the wall clock.
  readonly component: Component | undefined; // While it runs or is stopping.
}

export interface SupervisorInspection {
  readonly id: string;
  readonly state: "running" | "stopping" | "stopped";
  readonly sinceEpochMs: number;
  readonly children: readonly ChildInspection[]; // In start order.
}

export interface Inspectable {
  /** The state of this moment. Changes nothing, and waits for nothing. */
  inspect(): SupervisorInspection;
}

/** Whether a component can be looked into. Only to be asked of children whose spec says `supervisor`. */
export function isInspectable(component: Component): component is Component & Inspectable {
  return "inspect" in component && typeof component.inspect === "function";
}
