// A component, and what its supervisor knows about it: that it runs, and how it ended. What it does, whom it
// talks to and when it is started again is not decided here.

/** Why a component left with `shutdown`. For the log: no decision rests on it. */
export type ShutdownDetail = "asked" | "finished" | "gave_up";

/** How a component ended. A crash is a value, so that its supervisor sees it, once. */
export type Exit =
  | { readonly kind: "normal" | "killed" }
  | { readonly kind: "shutdown"; readonly detail?: ShutdownDetail }
  | { readonly kind: "crash"; readonly error: unknown };

/** A running part of the system, as its supervisor sees it. */
export interface Component {
  /** Settles once, after the component has let go of everything. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to take nothing new and finish what it holds. Returns at once: await `exited`. */
  stop(): void;
  /** Gives up on it: `exited` settles now, and what it holds is lost. */
  kill(): void;
}

/**
 * What the body of a component is told: first `stopping`, then, if it takes too long, `killed`. Who is killed is
 * stopping too, so that a body asleep on `stopping` alone wakes up. `killed` comes first: look at it before finishing.
 */
export type Lifetime = Readonly<Record<"stopping" | "killed", AbortSignal>>;

/** What it means to end as expected. A supervisor decides by this alone. */
export function isExpected(exit: Exit): boolean {
  return exit.kind === "normal" || exit.kind === "shutdown";
}

/**
 * Runs `body` as a component; its first steps run before this returns. Returning is an exit: `shutdown` if it was
 * asked to stop, else `normal`. Throwing is a crash, unless what it throws is the reason of `stopping` itself: then an
 * aborted wait has unwound the body, which is how it was told to end.
 */
export function spawn(body: (lifetime: Lifetime) => Promise<void>): Component {
  return spawnWithExit(async (lifetime) => {
    const { stopping } = lifetime;
    try {
      await body(lifetime);
    } catch (error) {
      if (!isReason(error, stopping)) throw error;
    }
    return stopping.aborted ? { kind: "shutdown", detail: "asked" } : { kind: "normal" };
  });
}

/** The same for a body that says itself how it ended. Throwing is a crash, always. */
export function spawnWithExit(body: (lifetime: Lifetime) => Promise<Exit>): Component {
  const stopping = new AbortController();
  const killed = new AbortController();
  let settle = (_exit: Exit): void => {};
  const exited = new Promise<Exit>((resolve) => {
    settle = resolve;
  });
  // JavaScript cannot stop a running promise, so killing only means that nobody waits for it: the body has `killed`
  // to cut its own I/O short, and whatever it still returns comes second to `exited` and is dropped.
  const kill = (): void => {
    killed.abort();
    stopping.abort();
    settle({ kind: "killed" });
  };
  const run = async (): Promise<Exit> => body({ stopping: stopping.signal, killed: killed.signal });
  run().then(settle, (error: unknown) => settle({ kind: "crash", error }));
  return { exited, stop: () => stopping.abort(), kill };
}

// Node.js rejects an aborted wait either with the reason itself or with an AbortError whose cause it is.
function isReason(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.cause === reason));
}
