// A supervision tree as data: which children there are, in start order, and what happens when one of them ends. What
// may stand in it, and what stands in it if nothing is said, is in spec-validation.ts.
import type { Component } from "./component.ts";

export const restartTypes = ["permanent", "transient", "temporary"] as const;
export const childTypes = ["worker", "supervisor"] as const;
export const strategies = ["one_for_one", "rest_for_one", "one_for_all"] as const;
export const autoShutdowns = ["never", "any_significant", "all_significant"] as const;

export type RestartType = (typeof restartTypes)[number];
export type ChildType = (typeof childTypes)[number];
export type Strategy = (typeof strategies)[number];
export type AutoShutdown = (typeof autoShutdowns)[number];

/** How to start a child, when to restart it, how long to wait for it to stop. */
export interface ChildSpec {
  readonly id: string; // Unique in its supervisor, unless that is a dynamic one.
  /**
   * Starts one run; resolves when it runs. Waits for nothing outside the process: while it waits, its supervisor does
   * nothing else, and nothing cuts it short. `ignore` means that there is nothing to run this time. A start that
   * rejects has let go of all it had begun.
   */
  readonly start: () => Promise<Component | "ignore">;
  /** Always, only after a crash or a kill, or never. Default permanent. */
  readonly restart?: RestartType;
  /** Milliseconds from `stop` to `kill`; 0 kills at once. Default 5000, a supervisor's Infinity. */
  readonly shutdownMs?: number;
  readonly type?: ChildType; // Default worker.
  /** Its ending by itself may end its supervisor, see `autoShutdown`. Default false. */
  readonly significant?: boolean;
}

/** How many restarts are too many: more than `maxRestarts` in `maxSeconds`. */
export interface RestartBudget {
  readonly maxRestarts?: number; // Default 3; 0 gives up at the first.
  readonly maxSeconds?: number; // Default 5.
}

/** A supervisor is data: its children in start order, and what happens when one of them ends. */
export interface SupervisorSpec extends RestartBudget {
  readonly id: string;
  readonly strategy: Strategy;
  /** When the end of significant children ends their supervisor. Default never. */
  readonly autoShutdown?: AutoShutdown;
  readonly children: readonly ChildSpec[];
}

/** A supervisor that starts empty and is given children while it runs, each for itself. */
export interface DynamicSupervisorSpec extends RestartBudget {
  readonly id: string;
  /**
   * How many children there may be at a time, those being restarted included; Infinity if anything else limits it. A
   * function is asked at each start: a limit that falls below what runs ends nobody.
   */
  readonly maxChildren: number | (() => number);
}
