// The stage for tests of supervisors: a clock moved by hand, children that record what is done to them and end when
// the test says so, and all of it in one journal, so that orders can be compared.
import type {
  ChildSpec,
  DynamicSupervisorSpec,
  SupervisorSpec,
} from "../../src/supervisor/child-spec.ts";
import type { Component, Exit } from "../../src/supervisor/component.ts";
import { startDynamicSupervisor } from "../../src/supervisor/dynamic-supervisor.ts";
import type { SupervisorReport } from "../../src/supervisor/report.ts";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import type { DynamicSupervisor, Supervisor } from "../../src/supervisor/supervisor-api.ts";
import { ManualClock, reactions } from "../support/manual-clock.ts";

export class Stage {
  readonly clock = new ManualClock();
  /** What was done: "start a", "stop a" (asked), "kill a", and reports such as "child_terminated a crash". */
  readonly journal: string[] = [];
  readonly reports: SupervisorReport[] = [];
  readonly options = {
    clock: this.clock,
    report: (report: SupervisorReport): void => {
      this.reports.push(report);
      this.note(`${report.kind} ${report.child.id} ${toText(report)}`);
    },
  };
  #noted = 0;

  note(entry: string): void {
    this.#noted += 1;
    this.journal.push(entry);
  }

  child(id: string, spec: Omit<ChildSpec, "id" | "start"> = {}): FakeChild {
    return new FakeChild(this, { id, ...spec });
  }

  start(spec: Partial<SupervisorSpec>, ...children: FakeChild[]): Promise<Supervisor> {
    return startSupervisor(
      {
        id: "top",
        strategy: "one_for_one",
        children: children.map((child) => child.spec),
        ...spec,
      },
      this.options,
    );
  }

  startDynamic(spec: Partial<DynamicSupervisorSpec> = {}): Promise<DynamicSupervisor> {
    return startDynamicSupervisor({ id: "top", maxChildren: 10, ...spec }, this.options);
  }

  /** Resolves when nothing more happens unless the test does something: a restart takes a turn of the event loop. */
  async settled(): Promise<void> {
    for (let noted = -1; noted !== this.#noted; ) {
      noted = this.#noted;
      for (let turn = 0; turn < 3; turn += 1) await reactions();
    }
  }

  /** What happened since it was asked last, once nothing more happens. */
  async happened(): Promise<string[]> {
    await this.settled();
    return this.journal.splice(0);
  }
}

function toText({ reason }: SupervisorReport): string {
  if (typeof reason === "object" && reason !== null && "kind" in reason) return String(reason.kind);
  return reason instanceof Error ? reason.message : String(reason);
}

/** What the next start does: runs, throws, has nothing to run, or waits for what it is given. */
export type StartPlan = "fail" | "ignore" | Promise<void>;

export class FakeChild {
  readonly spec: ChildSpec;
  /** What the coming starts do, first to last. When it is empty they succeed. */
  readonly plan: StartPlan[] = [];
  /** Whether runs ignore that they are asked to stop. */
  hangs = false;
  /** How runs end that are asked to stop. */
  endsWith: Exit = { kind: "shutdown" };
  runs = 0;
  #component: Component | undefined;
  #end: (exit: Exit) => void = () => {};
  readonly #stage: Stage;

  constructor(stage: Stage, spec: Omit<ChildSpec, "start">) {
    this.#stage = stage;
    this.spec = { ...spec, start: () => this.#start() };
  }

  /** Ends the present run by itself. */
  exit(exit: Exit["kind"]): void {
    this.#end(exit === "crash" ? { kind: "crash", error: new Error("crashed") } : { kind: exit });
  }

  /** The last run. */
  get component(): Component {
    if (this.#component === undefined) throw new Error(`${this.spec.id} was never started`);
    return this.#component;
  }

  async #start(): Promise<Component | "ignore"> {
    const { id } = this.spec;
    this.#stage.note(`start ${id}`);
    const plan = this.plan.shift();
    if (plan === "ignore") return "ignore";
    if (plan === "fail") throw new Error("no start");
    await plan;
    this.runs += 1;
    this.#component = this.#run(id);
    return this.#component;
  }

  // Once it has ended, it neither hears nor records anything.
  #run(id: string): Component {
    let settle = (_exit: Exit): void => {};
    const exited = new Promise<Exit>((resolve) => {
      settle = resolve;
    });
    let running = true;
    const end = (exit: Exit): void => {
      running = false;
      settle(exit);
    };
    this.#end = end;
    const stop = (): void => {
      if (running) this.#stage.note(`stop ${id}`);
      if (!this.hangs) end(this.endsWith);
    };
    const kill = (): void => {
      if (running) this.#stage.note(`kill ${id}`);
      end({ kind: "killed" });
    };
    return { exited, stop, kill };
  }
}
