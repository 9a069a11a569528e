// What every supervisor does: it takes one event after the other from its own queue, until it is asked to stop, has
// finished or gives up; then it stops its children. What an event means for the children is for `Children`.
import { setImmediate } from "node:timers/promises";
import { ActorStoppedError } from "../errors.ts";
import { Callers } from "./callers.ts";
import type { Child } from "./child.ts";
import {
  type Component,
  type Exit,
  type Lifetime,
  type ShutdownDetail,
  spawnWithExit,
} from "./component.ts";
import type { ChildInspection, SupervisorInspection } from "./inspection.ts";
import type { SupervisorEvent, SupervisorHome } from "./supervisor-home.ts";

/** Whether the supervisor goes on after an event, or why it does not. */
export type Verdict = "go_on" | "finished" | "gave_up";

/** The children of one kind of supervisor, and the rules by which it keeps them. */
export interface Children {
  /** One ended by itself. */
  ended(child: Child, exit: Exit): Promise<Verdict>;
  /** A start that had failed is due again. */
  tryAgain(child: Child): Promise<Verdict>;
  stopAll(): Promise<void>;
  /** All at once, in reverse start order. Nothing is started from then on. */
  killAll(): void;
  inspect(): readonly ChildInspection[];
}

/**
 * Lets the rest of the process have its turn. Before each restart: a child that fails at once would otherwise be
 * restarted again and again in one go, and neither a signal nor a request could come in between.
 */
export async function eventLoopTurn(): Promise<void> {
  await setImmediate();
}

export class SupervisorLoop {
  readonly component: Component;
  readonly #id: string;
  readonly #home: SupervisorHome;
  readonly #children: Children;
  readonly #callers: Callers;
  #state: SupervisorInspection["state"] = "running";
  #sinceEpochMs: number;

  constructor(id: string, home: SupervisorHome, children: Children) {
    this.#id = id;
    this.#home = home;
    this.#children = children;
    this.#callers = new Callers(home.clock);
    this.#sinceEpochMs = home.clock.epochMs();
    this.component = spawnWithExit((lifetime) => this.#run(lifetime));
    void this.component.exited.then(() => this.#enter("stopped"));
  }

  /** Has `serve` called when it is its turn. @throws {ActorStoppedError} it does not come to that */
  request<Answer>(what: string, serve: () => Promise<Answer>): Promise<Answer> {
    const wait = { what, limitMs: Number.POSITIVE_INFINITY };
    return this.#callers.ask<Answer>(wait, async (reply, over) => {
      const serveAndReply = async (): Promise<void> => reply(await serve());
      if (await this.#home.events.put({ type: "request", serve: serveAndReply }, over)) return;
      throw new ActorStoppedError(`supervisor ${this.#id} has stopped: ${what} not served`);
    });
  }

  inspect(): SupervisorInspection {
    const children = this.#children.inspect();
    return { id: this.#id, state: this.#state, sinceEpochMs: this.#sinceEpochMs, children };
  }

  async #run({ stopping, killed }: Lifetime): Promise<Exit> {
    killed.addEventListener("abort", () => this.#abandon(), { once: true });
    stopping.addEventListener("abort", () => this.#home.events.push({ type: "stop" }), {
      once: true,
    });
    try {
      const detail = await this.#serveAll(killed);
      this.#enter("stopping");
      this.#refuseRequests();
      await this.#children.stopAll();
      return { kind: "shutdown", detail };
    } catch (error) {
      this.#abandon(); // Killed, or our own mistake: nothing else would end the children.
      throw error;
    }
  }

  async #serveAll(killed: AbortSignal): Promise<ShutdownDetail> {
    for (;;) {
      const event = await this.#home.events.take();
      killed.throwIfAborted();
      if (event === undefined || event.type === "stop") return "asked";
      const verdict = await this.#serve(event);
      if (verdict !== "go_on") return verdict;
    }
  }

  async #serve(event: Exclude<SupervisorEvent, { type: "stop" }>): Promise<Verdict> {
    switch (event.type) {
      case "exited":
        if (event.child.run !== event.component) return "go_on";
        return this.#children.ended(event.child, event.exit);
      case "try_again":
        return event.child.awaits(event.pending) ? this.#children.tryAgain(event.child) : "go_on";
      case "request":
        await event.serve();
        return "go_on";
    }
  }

  #abandon(): void {
    this.#children.killAll();
    this.#refuseRequests();
  }

  #refuseRequests(): void {
    this.#home.events.close("drop");
    this.#callers.failAll(new ActorStoppedError(`supervisor ${this.#id} has stopped: not served`));
  }

  #enter(state: SupervisorInspection["state"]): void {
    this.#state = state;
    this.#sinceEpochMs = this.#home.clock.epochMs();
  }
}
