// What a supervisor can be asked, and what it answers. Answers that a caller has to expect are values. A supervisor
// that has stopped, or that ends before it comes to the request, refuses with an ActorStoppedError.
import type { ChildSpec, ChildType } from "./child-spec.ts";
import type { Clock } from "./clock.ts";
import type { Component } from "./component.ts";
import type { Inspectable } from "./inspection.ts";
import type { ReportFunction } from "./report.ts";

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly report: ReportFunction;
  /**
   * Ends the start, and only the start: after the child in hand no further one is started, those that run are stopped
   * in reverse, and the start rejects with the signal's reason. Give nested supervisors the same signal.
   */
  readonly signal?: AbortSignal;
}

interface StartError {
  readonly kind: "start_error";
  readonly error: unknown;
}

/** The child now runs, or had nothing to run. */
type Started =
  | { readonly kind: "started"; readonly component: Component }
  | { readonly kind: "ignored" };

export type StartChildAnswer =
  | Started
  | { readonly kind: "already_started"; readonly component: Component }
  | { readonly kind: "already_present" } // A spec without a running child: `restartChild` or `deleteChild` it.
  | StartError;

export type TerminateChildAnswer = { readonly kind: "terminated" | "not_found" };
export type RestartChildAnswer =
  | Started
  | { readonly kind: "running" | "restarting" | "not_found" }
  | StartError;
export type DeleteChildAnswer = {
  readonly kind: "deleted" | "running" | "restarting" | "not_found";
};

/** One child. `restarting`: its last start failed, another try is pending. `stopped`: a spec without a child. */
export type ChildInfo = { readonly id: string; readonly type: ChildType } & (
  | { readonly state: "running"; readonly component: Component }
  | { readonly state: "restarting" | "stopped" }
);

export interface ChildCount {
  readonly specs: number;
  readonly active: number; // Those that run.
  readonly supervisors: number; // Specs of that type, whether they run or not, as `workers`.
  readonly workers: number;
}

/** A supervisor with children known in advance. Requests are served one at a time, never amid a restart. */
export interface Supervisor extends Component, Inspectable {
  /** Starts a further child behind the others. @throws {InvalidSpecError} */
  startChild(spec: ChildSpec): Promise<StartChildAnswer>;
  /** Stops a child, or cancels its pending try. The spec stays, unless it is temporary. */
  terminateChild(id: string): Promise<TerminateChildAnswer>;
  /** Starts a child that does not run. If that fails its spec stays. */
  restartChild(id: string): Promise<RestartChildAnswer>;
  /** Forgets a child that does not run. */
  deleteChild(id: string): Promise<DeleteChildAnswer>;
  /** In start order. */
  children(): Promise<readonly ChildInfo[]>;
  count(): Promise<ChildCount>;
}

export type StartDynamicChildAnswer = Started | { readonly kind: "max_children" } | StartError;

/** A supervisor whose children come and go, each for itself. Ids are for people, and need not be unique. */
export interface DynamicSupervisor extends Component, Inspectable {
  /** Starts a child. @throws {InvalidSpecError} */
  startChild(spec: ChildSpec): Promise<StartDynamicChildAnswer>;
  /** Stops the child whose present run, or whose last one before a pending try, this is, and forgets it. */
  terminateChild(component: Component): Promise<TerminateChildAnswer>;
  /** In start order. */
  children(): Promise<readonly ChildInfo[]>;
  count(): Promise<ChildCount>;
}
