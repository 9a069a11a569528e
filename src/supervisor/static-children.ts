// The children of a supervisor that knows them in advance, in start order, and the rules by which it keeps them: start
// (R1), stop (R2), what a child's end means (R3 to R7), and requests (R8). One call at a time: its supervisor sees to
// that.
import { ChildStartError } from "../errors.ts";
import { Child, type StartOutcome } from "./child.ts";
import { countOf, toInfo } from "./child-list.ts";
import type { Exit } from "./component.ts";
import type { ChildInspection } from "./inspection.ts";
import type { ReportContext, ReportFunction } from "./report.ts";
import { Reporter } from "./reporter.ts";
import { RestartIntensity } from "./restart-intensity.ts";
import { aftermathOf, restartedWith } from "./restart-rules.ts";
import type { ResolvedChildSpec, ResolvedSupervisorSpec } from "./spec-validation.ts";
import type {
  ChildCount,
  ChildInfo,
  DeleteChildAnswer,
  RestartChildAnswer,
  StartChildAnswer,
  TerminateChildAnswer,
} from "./supervisor-api.ts";
import type { SupervisorHome } from "./supervisor-home.ts";
import { type Children, eventLoopTurn, type Verdict } from "./supervisor-loop.ts";

export class StaticChildren implements Children {
  readonly #spec: ResolvedSupervisorSpec;
  readonly #home: SupervisorHome;
  readonly #reporter: Reporter;
  readonly #intensity: RestartIntensity;
  /** In start order. */
  #children: readonly Child[];

  constructor(spec: ResolvedSupervisorSpec, home: SupervisorHome, report: ReportFunction) {
    this.#spec = spec;
    this.#home = home;
    this.#reporter = new Reporter(spec.id, report);
    this.#intensity = new RestartIntensity(spec);
    this.#children = spec.children.map((child) => new Child(child, home));
  }

  /**
   * Starts all, in order. If it rejects none is left running.
   *
   * @throws {ChildStartError} names the child; its cause is what the start threw
   * @throws the reason of `signal`, if that was aborted before the last child had started
   */
  async startAll(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    for (const child of this.#children) {
      const outcome = await child.start();
      if (signal?.aborted) return this.#abortStart(signal.reason);
      if (outcome.kind === "start_error") return this.#failStart(child, outcome.error);
      this.#dropIfNothingToKeep(child, outcome);
    }
  }

  async ended(child: Child, exit: Exit): Promise<Verdict> {
    const { comesBack, isReported } = aftermathOf(child.spec.restart, exit);
    if (isReported) this.#reporter.childTerminated(child, exit);
    if (comesBack) {
      child.awaitTry();
      return this.#restart(child);
    }
    child.rest();
    this.#removeIfTemporary(child);
    return child.spec.significant && this.#endsSupervisor() ? "finished" : "go_on";
  }

  tryAgain(child: Child): Promise<Verdict> {
    return this.#restart(child);
  }

  stopAll(): Promise<void> {
    return this.#stopInReverse(this.#children, "stopping");
  }

  killAll(): void {
    this.#home.kill();
    for (const child of this.#children.toReversed()) child.kill();
  }

  async startChild(spec: ResolvedChildSpec): Promise<StartChildAnswer> {
    const present = this.#find(spec.id);
    if (present !== undefined) return alreadyThere(present);
    const child = new Child(spec, this.#home);
    this.#children = [...this.#children, child];
    const outcome = await child.start();
    if (outcome.kind === "start_error") this.#remove(child);
    this.#dropIfNothingToKeep(child, outcome);
    return outcome;
  }

  async terminateChild(id: string): Promise<TerminateChildAnswer> {
    const child = this.#find(id);
    if (child === undefined) return { kind: "not_found" };
    await this.#stopInReverse([child], "request");
    return { kind: "terminated" };
  }

  async restartChild(id: string): Promise<RestartChildAnswer> {
    const child = this.#find(id);
    if (child === undefined) return { kind: "not_found" };
    return isActive(child) ? { kind: activity(child) } : child.start();
  }

  async deleteChild(id: string): Promise<DeleteChildAnswer> {
    const child = this.#find(id);
    if (child === undefined) return { kind: "not_found" };
    if (isActive(child)) return { kind: activity(child) };
    this.#remove(child);
    return { kind: "deleted" };
  }

  list(): readonly ChildInfo[] {
    return this.#children.map(toInfo);
  }

  count(): ChildCount {
    return countOf(this.#children);
  }

  inspect(): readonly ChildInspection[] {
    return this.#children.map((child) => child.inspect());
  }

  async #restart(failed: Child): Promise<Verdict> {
    await eventLoopTurn();
    this.#home.killed.throwIfAborted();
    if (!this.#intensity.allows(this.#home.clock.nowMs())) {
      this.#reporter.gaveUp(failed);
      failed.rest();
      return "gave_up";
    }
    const range = restartedWith(this.#spec.strategy, this.#children, failed);
    const others = range.filter((child) => child !== failed);
    await this.#stopInReverse(others, "restarting");
    await this.#startAgain(range.filter((child) => this.#children.includes(child)));
    return "go_on";
  }

  // At the first that fails it stops: what comes after that one comes with its next try, and waits for none of its own.
  async #startAgain(children: readonly Child[]): Promise<void> {
    for (const [at, child] of children.entries()) {
      const outcome = await child.start();
      if (outcome.kind !== "start_error") continue;
      this.#reporter.startError("restarting", child, outcome.error);
      for (const later of children.slice(at + 1)) later.rest();
      this.#home.events.push({ type: "try_again", child, pending: child.awaitTry() });
      return;
    }
  }

  async #stopInReverse(children: readonly Child[], context: ReportContext): Promise<void> {
    for (const child of children.toReversed()) {
      const exit = await child.stop();
      if (exit !== undefined) this.#reporter.childStopped(context, child, exit);
      this.#removeIfTemporary(child);
    }
  }

  async #failStart(child: Child, cause: unknown): Promise<never> {
    this.#reporter.startError("starting", child, cause);
    await this.#stopInReverse(this.#children, "starting");
    const why = cause instanceof Error ? cause.message : String(cause);
    const sentence = `supervisor ${this.#spec.id}: child ${child.spec.id} could not be started`;
    throw new ChildStartError(`${sentence}: ${why}`, { cause });
  }

  async #abortStart(reason: unknown): Promise<never> {
    await this.#stopInReverse(this.#children, "starting");
    throw reason;
  }

  #endsSupervisor(): boolean {
    const { autoShutdown } = this.#spec;
    if (autoShutdown === "any_significant") return true;
    const remaining = this.#children.some((child) => child.spec.significant && isActive(child));
    return autoShutdown === "all_significant" && !remaining;
  }

  #dropIfNothingToKeep(child: Child, { kind }: StartOutcome): void {
    if (kind === "ignored") this.#removeIfTemporary(child);
  }

  #removeIfTemporary(child: Child): void {
    if (child.spec.restart === "temporary") this.#remove(child);
  }

  #remove(child: Child): void {
    this.#children = this.#children.filter((other) => other !== child);
  }

  #find(id: string): Child | undefined {
    return this.#children.find(({ spec }) => spec.id === id);
  }
}

/** It runs, or is about to: between events there is no other way of not being stopped. */
function isActive({ state }: Child): boolean {
  return state !== "stopped";
}

function activity({ state }: Child): "running" | "restarting" {
  return state === "restarting" ? "restarting" : "running";
}

function alreadyThere({ run }: Child): StartChildAnswer {
  if (run === undefined) return { kind: "already_present" };
  return { kind: "already_started", component: run };
}
