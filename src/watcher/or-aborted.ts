// The end of some work, or of the wait for it. Without a signal of its own for each wait: aborting one makes an error
// with a stack, which in a flood of packages is felt.

/** @returns what the work comes to; undefined if the signal ends the wait first. Leaves no listener behind */
export async function orAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  if (signal.aborted) return undefined;
  let stop = (): void => {};
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
