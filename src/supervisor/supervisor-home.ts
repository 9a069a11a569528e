// What the parts of one supervisor share: its queue of events, its clock, and the signal that it was killed.
import type { Child, ChildHome, PendingTry } from "./child.ts";
import type { Clock } from "./clock.ts";
import type { Component, Exit } from "./component.ts";
import { Mailbox } from "./mailbox.ts";

/** What a supervisor has to deal with, one at a time, in the order in which it happened. */
export type SupervisorEvent =
  /** A run ended. Out of date if the child is not in that run any more: then the supervisor itself ended it. */
  | {
      readonly type: "exited";
      readonly child: Child;
      readonly component: Component;
      readonly exit: Exit;
    }
  /** A start failed and is due again. Out of date if the child does not wait for this very try any more. */
  | { readonly type: "try_again"; readonly child: Child; readonly pending: PendingTry }
  | { readonly type: "request"; readonly serve: () => Promise<void> }
  | { readonly type: "stop" };

export interface SupervisorHome extends ChildHome {
  readonly events: Mailbox<SupervisorEvent>;
  /** Aborts `killed`. */
  kill(): void;
}

/** Requests waiting at a time; who comes next waits for room. Ends and tries are bounded by the number of children. */
const waitingRequests = 1_000;

export function supervisorHome(clock: Clock): SupervisorHome {
  const events = new Mailbox<SupervisorEvent>(waitingRequests);
  const killed = new AbortController();
  return {
    clock,
    events,
    killed: killed.signal,
    kill: () => killed.abort(),
    noteExit: (child, component, exit) => events.push({ type: "exited", child, component, exit }),
  };
}
