// The children of a dynamic supervisor (R9): each for itself, none known in advance, forgotten when they end for good.
// One call at a time: its supervisor sees to that.
import { Child } from "./child.ts";
import { countOf, toInfo } from "./child-list.ts";
import type { Component, Exit } from "./component.ts";
import type { ChildInspection } from "./inspection.ts";
import type { ReportContext, ReportFunction } from "./report.ts";
import { Reporter } from "./reporter.ts";
import { RestartIntensity } from "./restart-intensity.ts";
import { aftermathOf } from "./restart-rules.ts";
import type { ResolvedChildSpec, ResolvedDynamicSpec } from "./spec-validation.ts";
import type {
  ChildCount,
  ChildInfo,
  StartDynamicChildAnswer,
  TerminateChildAnswer,
} from "./supervisor-api.ts";
import type { SupervisorHome } from "./supervisor-home.ts";
import { type Children, eventLoopTurn, type Verdict } from "./supervisor-loop.ts";

export class DynamicChildren implements Children {
  readonly #maxChildren: () => number;
  readonly #home: SupervisorHome;
  readonly #reporter: Reporter;
  readonly #intensity: RestartIntensity;
  /** In start order: those that run, and those being restarted. */
  readonly #children = new Set<Child>();

  constructor(spec: ResolvedDynamicSpec, home: SupervisorHome, report: ReportFunction) {
    const { maxChildren } = spec;
    this.#maxChildren = typeof maxChildren === "function" ? maxChildren : () => maxChildren;
    this.#home = home;
    this.#reporter = new Reporter(spec.id, report);
    this.#intensity = new RestartIntensity(spec);
  }

  async ended(child: Child, exit: Exit): Promise<Verdict> {
    const { comesBack, isReported } = aftermathOf(child.spec.restart, exit);
    if (isReported) this.#reporter.childTerminated(child, exit);
    if (comesBack) {
      child.awaitTry();
      return this.#restart(child);
    }
    child.rest();
    this.#children.delete(child);
    return "go_on";
  }

  tryAgain(child: Child): Promise<Verdict> {
    return this.#restart(child);
  }

  /** Asks all at once; each has its own time. */
  async stopAll(): Promise<void> {
    const children = [...this.#children];
    await Promise.all(children.map((child) => this.#stop(child, "stopping")));
  }

  killAll(): void {
    this.#home.kill();
    for (const child of [...this.#children].toReversed()) child.kill();
  }

  async startChild(spec: ResolvedChildSpec): Promise<StartDynamicChildAnswer> {
    if (this.#children.size >= this.#maxChildren()) return { kind: "max_children" };
    const child = new Child(spec, this.#home);
    this.#children.add(child);
    const outcome = await child.start();
    if (outcome.kind !== "started") this.#children.delete(child);
    return outcome;
  }

  async terminateChild(component: Component): Promise<TerminateChildAnswer> {
    const child = [...this.#children].find((candidate) => candidate.isKnownAs(component));
    if (child === undefined) return { kind: "not_found" };
    await this.#stop(child, "request");
    return { kind: "terminated" };
  }

  list(): readonly ChildInfo[] {
    return [...this.#children].map(toInfo);
  }

  count(): ChildCount {
    return countOf([...this.#children]);
  }

  inspect(): readonly ChildInspection[] {
    return [...this.#children].map((child) => child.inspect());
  }

  async #restart(child: Child): Promise<Verdict> {
    await eventLoopTurn();
    this.#home.killed.throwIfAborted();
    if (!this.#intensity.allows(this.#home.clock.nowMs())) {
      this.#reporter.gaveUp(child);
      this.#children.delete(child);
      return "gave_up";
    }
    const outcome = await child.start();
    if (outcome.kind === "ignored") this.#children.delete(child);
    if (outcome.kind === "start_error") {
      this.#reporter.startError("restarting", child, outcome.error);
      this.#home.events.push({ type: "try_again", child, pending: child.awaitTry() });
    }
    return "go_on";
  }

  async #stop(child: Child, context: ReportContext): Promise<void> {
    const exit = await child.stop();
    if (exit !== undefined) this.#reporter.childStopped(context, child, exit);
    this.#children.delete(child);
  }
}
