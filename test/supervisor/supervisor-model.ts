// A supervisor as simple as it can be written: no promises, no components, time is a number. It keeps the same journal
// as the stage, which is what model.test.ts compares. Its rules are those of Erlang/OTP.
import type { AutoShutdown, RestartType, Strategy } from "../../src/supervisor/child-spec.ts";
import type { Exit } from "../../src/supervisor/component.ts";

export type Kind = Exit["kind"];

/** A child as the world sees it, with what its supervisor knows of it. */
export interface ModelChild {
  readonly id: string;
  readonly restart: RestartType;
  readonly significant: boolean;
  readonly shutdownMs: number;
  readonly plan: ("fail" | "ignore")[];
  hangs: boolean;
  endsWith: Kind;
  runs: number;
  /** How its last run ended; undefined while that runs. */
  ended: Kind | undefined;
  state: "running" | "restarting" | "stopped";
  tries: number; // Names the pending try.
}

export type Request = "startChild" | "terminateChild" | "restartChild" | "deleteChild";

type Event =
  | { readonly type: "exited"; readonly child: ModelChild; readonly run: number }
  | { readonly type: "try"; readonly child: ModelChild; readonly tries: number }
  | {
      readonly type: "request";
      readonly name: Request;
      readonly child: ModelChild;
      readonly at: number;
    }
  | { readonly type: "stop" };

export interface ModelSpec {
  readonly strategy: Strategy;
  readonly autoShutdown: AutoShutdown;
  readonly maxRestarts: number;
  readonly maxSeconds: number;
}

export class SupervisorModel {
  readonly journal: string[] = [];
  readonly answers: string[] = [];
  nowMs = 0;
  children: ModelChild[] = [];
  /** How it ended: "asked", "finished", "gave_up", "killed", or that it did not even start. */
  end: string | undefined;
  readonly #spec: ModelSpec;
  readonly #queue: Event[] = [];
  #timesMs: number[] = [];

  constructor(spec: ModelSpec) {
    this.#spec = spec;
  }

  startAll(children: readonly ModelChild[]): void {
    this.children = [...children];
    for (const child of children) {
      if (this.#start(child) === "start_error") {
        this.journal.push(`start_error ${child.id} no start`);
        this.#stopInReverse(this.children);
        this.end = "not started";
        return;
      }
      if (child.state === "stopped") this.#dropIfTemporary(child);
    }
  }

  // What happens outside: noted now, dealt with in `serve`.

  exit(child: ModelChild, kind: Kind): void {
    if (child.ended !== undefined) return;
    child.ended = kind;
    this.#queue.push({ type: "exited", child, run: child.runs });
  }

  request(name: Request, child: ModelChild): void {
    const at = this.answers.push(this.end === undefined ? "none yet" : "refused") - 1;
    this.#queue.push({ type: "request", name, child, at });
  }

  stop(): void {
    this.#queue.push({ type: "stop" });
  }

  kill(): void {
    if (this.end !== undefined) return;
    for (const child of this.children.toReversed()) {
      if (child.state === "running" && child.ended === undefined) this.#kill(child);
      child.state = "stopped";
    }
    this.#finish("killed");
  }

  /** Deals with all that has happened, and with what comes of it. */
  serve(): void {
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) {
      if (this.end !== undefined) continue;
      const verdict = this.#handle(event);
      if (verdict === undefined) continue;
      this.#finish(verdict);
      this.#stopInReverse(this.children);
    }
  }

  #finish(end: string): void {
    this.end = end;
    this.answers.forEach((answer, at) => {
      if (answer === "none yet") this.answers[at] = "refused";
    });
  }

  #handle(event: Event): string | undefined {
    switch (event.type) {
      case "stop":
        return "asked";
      case "request":
        this.answers[event.at] = this.#answer(event.name, event.child);
        return undefined;
      case "try": {
        const { child, tries } = event;
        return child.state === "restarting" && child.tries === tries
          ? this.#again(child)
          : undefined;
      }
      case "exited": {
        const { child, run } = event;
        return child.state === "running" && child.runs === run ? this.#ended(child) : undefined;
      }
    }
  }

  // R3 and R7
  #ended(child: ModelChild): string | undefined {
    const wrong = child.ended === "crash" || child.ended === "killed";
    if (child.restart === "permanent" || wrong) {
      this.journal.push(`child_terminated ${child.id} ${child.ended}`);
    }
    if (child.restart === "permanent" || (child.restart === "transient" && wrong)) {
      return this.#again(child);
    }
    child.state = "stopped";
    this.#dropIfTemporary(child);
    if (!child.significant) return undefined;
    const others = this.children.filter((other) => other.significant && other.state !== "stopped");
    const { autoShutdown } = this.#spec;
    if (autoShutdown === "any_significant") return "finished";
    return autoShutdown === "all_significant" && others.length === 0 ? "finished" : undefined;
  }

  // R4, R5 and R6
  #again(child: ModelChild): string | undefined {
    const { strategy, maxRestarts, maxSeconds } = this.#spec;
    this.#timesMs.push(this.nowMs);
    this.#timesMs = this.#timesMs.filter((time) => time >= this.nowMs - maxSeconds * 1_000);
    child.state = "stopped";
    if (this.#timesMs.length > maxRestarts) {
      this.journal.push(`shutdown ${child.id} reached_max_restart_intensity`);
      return "gave_up";
    }
    const first = strategy === "one_for_all" ? 0 : this.children.indexOf(child);
    const last = strategy === "one_for_one" ? first + 1 : this.children.length;
    this.#stopInReverse(this.children.slice(first, last));
    const left = this.children.slice(first, strategy === "one_for_one" ? first + 1 : undefined);
    for (const next of left) {
      if (this.#start(next) !== "start_error") continue;
      this.journal.push(`start_error ${next.id} no start`);
      next.state = "restarting";
      next.tries += 1;
      this.#queue.push({ type: "try", child: next, tries: next.tries });
      return undefined;
    }
    return undefined;
  }

  // R8
  #answer(name: Request, child: ModelChild): string {
    const known = this.children.includes(child);
    if (name === "startChild") {
      if (known) return child.state === "running" ? "already_started" : "already_present";
      this.children.push(child);
      const answer = this.#start(child);
      const keep = answer === "started" || (answer === "ignored" && child.restart !== "temporary");
      if (!keep) this.children.pop();
      return answer;
    }
    if (!known) return "not_found";
    if (name === "terminateChild") {
      this.#stopInReverse([child]);
      return "terminated";
    }
    if (child.state !== "stopped") return child.state;
    if (name === "restartChild") return this.#start(child);
    this.children = this.children.filter((other) => other !== child);
    return "deleted";
  }

  #start(child: ModelChild): "started" | "ignored" | "start_error" {
    this.journal.push(`start ${child.id}`);
    child.state = "stopped";
    const plan = child.plan.shift();
    if (plan !== undefined) return plan === "fail" ? "start_error" : "ignored";
    child.runs += 1;
    child.ended = undefined;
    child.state = "running";
    return "started";
  }

  // R2
  #stopInReverse(children: readonly ModelChild[]): void {
    for (const child of children.toReversed()) {
      if (child.state === "running") this.#stopOne(child);
      child.state = "stopped";
      this.#dropIfTemporary(child);
    }
  }

  #stopOne(child: ModelChild): void {
    if (child.ended === undefined) {
      if (child.shutdownMs > 0) this.journal.push(`stop ${child.id}`);
      if (child.shutdownMs > 0 && !child.hangs) child.ended = child.endsWith;
      else {
        this.nowMs += child.shutdownMs;
        this.#kill(child);
      }
    }
    const { ended, restart, shutdownMs } = child;
    if (ended === "shutdown") return;
    if (ended === "killed" && shutdownMs === 0) return;
    if (ended === "normal" && restart !== "permanent") return;
    this.journal.push(`shutdown_error ${child.id} ${ended}`);
  }

  #kill(child: ModelChild): void {
    this.journal.push(`kill ${child.id}`);
    child.ended = "killed";
  }

  #dropIfTemporary(child: ModelChild): void {
    if (child.restart !== "temporary") return;
    this.children = this.children.filter((other) => other !== child);
  }
}
