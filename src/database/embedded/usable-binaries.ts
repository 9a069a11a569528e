// The programs in a state in which they run here: links made, tried, and copied to where they can be used if that is
// not so in node_modules. Asked for only when something is to be started: a running server is adopted without them.
import { type Binaries, repairBinaries, unusableError, whyUnusable } from "./binaries.ts";
import { copyBinaries } from "./binaries-copy.ts";
import type { ServerHome } from "./home.ts";
import type { EmbeddedServerLog } from "./log.ts";

/** @throws {SetupError} they do not run on this system. */
export async function usableBinaries(
  found: Binaries,
  { home, account }: ServerHome,
  log: EmbeddedServerLog,
  signal: AbortSignal | undefined,
): Promise<Binaries> {
  if (await repairBinaries(found)) {
    const why = await whyUnusable(found, account, signal);
    if (why === undefined) return found;
    // Out of reach for the account, or out of order? Root can run what the account cannot reach.
    const whyNotByUs = account === undefined ? why : await whyUnusable(found, undefined, signal);
    if (whyNotByUs !== undefined) throw unusableError(found, whyNotByUs);
  }
  const copy = await copyBinaries(found, home);
  const whyNotCopy = await whyUnusable(copy, account, signal);
  if (whyNotCopy !== undefined) throw unusableError(copy, whyNotCopy);
  log("the embedded server cannot use its programs in node_modules; it uses a copy", {
    copy: copy.nativeDir,
  });
  return copy;
}
