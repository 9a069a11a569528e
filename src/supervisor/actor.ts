// A component with a bounded mailbox, which handles one message at a time, to its end. It owns its state; others
// reach it by message only. The mailbox belongs to one run: what it held at its end is not handed to the next.
import { ActorStoppedError, UnansweredCallError } from "../errors.ts";
import { Callers, type Reply } from "./callers.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Component, type Lifetime, spawn } from "./component.ts";
import { Mailbox } from "./mailbox.ts";

export interface ActorOptions<Message> {
  readonly capacity: number; // Messages the mailbox holds, at least 1.
  readonly onStop: "drain" | "drop"; // What becomes of those when it is asked to stop.
  /** Handles one message. "stop" is a normal exit, throwing is a crash. */
  readonly receive: (message: Message, lifetime: Lifetime) => Promise<"next" | "stop">;
  /** Lets go of what the actor holds, after its last message, however that ended. Throwing is a crash. */
  readonly release?: () => Promise<void>;
  readonly clock?: Clock; // For the limits of calls. Default: the system's.
}

interface CallOptions {
  readonly limitMs?: number; // Milliseconds, the wait for room included. Default 5000; Infinity: no limit.
  readonly signal?: AbortSignal; // Ends the wait; rejects with its reason.
}

/** A component with a mailbox. */
export interface Actor<Message> extends Component {
  /**
   * Resolves when the message is inside. A full mailbox makes senders wait, so that a slow actor slows them down
   * instead of filling memory; they are let in, and handled, in the order in which they came.
   *
   * @param signal ends the wait; rejects with its reason
   * @throws {ActorStoppedError} the actor has stopped or is stopping: not delivered
   */
  post(message: Message, signal?: AbortSignal): Promise<void>;
  /**
   * Sends a message that carries a `reply` function, and waits for what the actor gives to it. An actor calling itself
   * waits in vain until the limit.
   *
   *     type Message = { type: "count"; reply: Reply<number> };
   *     const rows = await counter.call<number>((reply) => ({ type: "count", reply }));
   *
   * Without the type argument the answer is `unknown`; with a wrong one it does not compile.
   *
   * @throws {ActorStoppedError} the actor has stopped or is stopping: not delivered
   * @throws {UnansweredCallError} the actor ended before it answered
   * @throws {CallTimeoutError} no answer in time; the message may still be handled, its answer is dropped
   */
  call<Answer>(build: (reply: Reply<Answer>) => Message, options?: CallOptions): Promise<Answer>;
}

/** Starts an actor. Its `exited` settles after the message in hand, the rest by `onStop`, and `release`. */
export function actor<Message extends { readonly type: string }>({
  capacity,
  onStop,
  receive,
  release = async () => {},
  clock = systemClock,
}: ActorOptions<Message>): Actor<Message> {
  const mailbox = new Mailbox<Message>(capacity);
  const callers = new Callers(clock);

  const component = spawn(async (lifetime) => {
    lifetime.killed.addEventListener("abort", () => mailbox.close("drop"), { once: true });
    lifetime.stopping.addEventListener("abort", () => mailbox.close(onStop), { once: true });
    try {
      await handleAll(mailbox, (message) => receive(message, lifetime));
    } finally {
      mailbox.close("drop"); // However it ended, no sender waits on, and none gets in that nobody hears.
      await release();
    }
  });
  void component.exited.then(({ kind }) =>
    callers.failAll(new UnansweredCallError(`the actor ended (${kind}) before it answered`)),
  );

  async function post(message: Message, signal?: AbortSignal): Promise<void> {
    if (await mailbox.put(message, signal)) return;
    throw new ActorStoppedError(`${message.type} not delivered: the actor has stopped`);
  }

  async function call<Answer>(
    build: (reply: Reply<Answer>) => Message,
    { limitMs = 5_000, signal }: CallOptions = {},
  ): Promise<Answer> {
    let settle: Reply<Answer> = () => {};
    const message = build((answer) => settle(answer));
    return callers.ask({ what: `call of ${message.type}`, limitMs, signal }, (reply, over) => {
      settle = reply;
      return post(message, over);
    });
  }

  return { ...component, post, call };
}

async function handleAll<Message extends object>(
  mailbox: Mailbox<Message>,
  handle: (message: Message) => Promise<"next" | "stop">,
): Promise<void> {
  for (;;) {
    const message = await mailbox.take();
    if (message === undefined || (await handle(message)) === "stop") return;
  }
}
