// What has to be undone at the end, however the end comes: servers, daemons, temporary folders. In the reverse order
// of its making. Ctrl-C runs it too, and ends the process then.

export class Cleanup {
  readonly #tasks = new Set<() => Promise<void>>();
  readonly #onSignal: (signal: NodeJS.Signals) => void;
  #running: Promise<void> | undefined;

  constructor() {
    this.#onSignal = (signal) => {
      process.stderr.write(`${signal}: cleaning up\n`);
      void this.run().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
    };
    process.once("SIGINT", this.#onSignal).once("SIGTERM", this.#onSignal);
  }

  /** @returns runs the task now, and not again. */
  add(task: () => Promise<void>): () => Promise<void> {
    const once = async (): Promise<void> => {
      if (this.#tasks.delete(once)) await task();
    };
    this.#tasks.add(once);
    return once;
  }

  /** Runs all tasks, those that fail too. May be called twice. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    for (const task of [...this.#tasks].reverse()) {
      await task().catch((error: unknown) => {
        process.stderr.write(`cleaning up: ${String(error)}\n`);
      });
    }
    process.off("SIGINT", this.#onSignal).off("SIGTERM", this.#onSignal);
  }
}
