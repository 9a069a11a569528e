// One child of a supervisor: its spec and the run it is in. It does what it is told; when it is to be started, stopped
// or given up is for its supervisor.
//
// stopped     there is a spec, and no run
// starting    `start` is awaited; if that fails, the child is again what it was before
// running     until its supervisor takes note of its end, which may be a moment after it
// stopping    asked by its supervisor, or killed, and awaited
// restarting  its supervisor wants it back: it waits for its turn, or for another try
import type { Clock } from "./clock.ts";
import type { Component, Exit } from "./component.ts";
import type { ChildInspection, ChildState } from "./inspection.ts";
import type { ResolvedChildSpec } from "./spec-validation.ts";
import { stopComponent } from "./stop-component.ts";

/** What a child needs of its supervisor. */
export interface ChildHome {
  readonly clock: Clock;
  readonly killed: AbortSignal; // From then on nothing is started, and what is being started is killed.
  /** Told of the end of each run, once. */
  noteExit(child: Child, component: Component, exit: Exit): void;
}

/** Tells one try from another: compared by identity. */
export interface PendingTry {
  readonly kind: "restarting";
}

export type StartOutcome =
  | { readonly kind: "started"; readonly component: Component }
  | { readonly kind: "ignored" }
  | { readonly kind: "start_error"; readonly error: unknown };

type State =
  | { readonly kind: "stopped" | "starting" }
  | { readonly kind: "running" | "stopping"; readonly component: Component }
  | (PendingTry & { readonly last: Component | undefined });

export class Child {
  readonly spec: ResolvedChildSpec;
  readonly #home: ChildHome;
  #state: State = { kind: "stopped" };
  #sinceEpochMs: number;
  #runs = 0;

  constructor(spec: ResolvedChildSpec, home: ChildHome) {
    this.spec = spec;
    this.#home = home;
    this.#sinceEpochMs = home.clock.epochMs();
  }

  get state(): ChildState {
    return this.#state.kind;
  }

  /** The present run, from the end of its start until the supervisor has noted its end. */
  get run(): Component | undefined {
    return "component" in this.#state ? this.#state.component : undefined;
  }

  /** Whether this is its present run, or the last one before a pending try. */
  isKnownAs(component: Component): boolean {
    return this.run === component || ("last" in this.#state && this.#state.last === component);
  }

  awaits(pending: PendingTry): boolean {
    return this.#state === pending;
  }

  /** Starts a run, unless there is nothing to run. Rejects only if the supervisor was killed. */
  async start(): Promise<StartOutcome> {
    this.#home.killed.throwIfAborted();
    const before = this.#state;
    this.#enter({ kind: "starting" });
    try {
      const component = await this.spec.start();
      return component === "ignore" ? this.#ignored() : this.#started(component);
    } catch (error) {
      this.#home.killed.throwIfAborted();
      this.#enter(before);
      return { kind: "start_error", error };
    }
  }

  /** Ends its run, or cancels its pending try. Resolves with how the run ended. */
  async stop(): Promise<Exit | undefined> {
    this.#home.killed.throwIfAborted();
    const component = this.run;
    if (component === undefined) {
      this.rest();
      return undefined;
    }
    this.#enter({ kind: "stopping", component });
    const exit = await stopComponent(component, this.spec.shutdownMs, this.#home.clock);
    this.#home.killed.throwIfAborted();
    this.rest();
    return exit;
  }

  /** Ends its run at once. */
  kill(): void {
    const component = this.run;
    this.rest();
    component?.kill();
  }

  /** Leaves it without a run, and without another try. */
  rest(): void {
    this.#enter({ kind: "stopped" });
  }

  /** Has it wait to be started again. The result names this very try. */
  awaitTry(): PendingTry {
    const last = "last" in this.#state ? this.#state.last : this.run;
    const pending = { kind: "restarting", last } as const;
    this.#enter(pending);
    return pending;
  }

  inspect(): ChildInspection {
    const { id, type } = this.spec;
    const restarts = Math.max(0, this.#runs - 1);
    const sinceEpochMs = this.#sinceEpochMs;
    return { id, type, state: this.state, restarts, sinceEpochMs, component: this.run };
  }

  #ignored(): StartOutcome {
    this.rest();
    return { kind: "ignored" };
  }

  #started(component: Component): StartOutcome {
    const { killed } = this.#home;
    if (killed.aborted) component.kill(); // The supervisor was killed meanwhile and could not reach it.
    killed.throwIfAborted();
    this.#runs += 1;
    this.#enter({ kind: "running", component });
    void component.exited.then((exit) => this.#home.noteExit(this, component, exit));
    return { kind: "started", component };
  }

  #enter(state: State): void {
    const stays = state.kind === this.#state.kind;
    this.#state = state;
    if (!stays) this.#sinceEpochMs = this.#home.clock.epochMs();
  }
}
