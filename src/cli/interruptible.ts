// Lets a command clean up when the process is asked to end, and then ends it as that signal would have.

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs `work`, with a signal that is aborted when the process is asked to end.
 *
 * Afterwards the process is sent the signal again, now with its usual effect, instead of exiting with some code: a
 * shell that runs a loop of commands learns only in this way that it was interrupted too.
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interruption = new AbortController();
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    received ??= signal;
    interruption.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    if (received !== undefined) process.kill(process.pid, received);
  }
}
