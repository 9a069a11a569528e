// The programs in a state in which they run here: links made, tried, and copied to where the server's account gets at
// them. Asked for only when something is to be started: a running server is adopted without them.
import { type Binaries, refuseUnusable, repairBinaries, whyUnusable } from "./binaries.ts";
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
  await repairBinaries(found);
  const why = await whyUnusable(found, account, signal);
  if (why === undefined) return found;
  // Out of reach for the account, or out of order? Root can run what the account cannot reach.
  const whyNotByUs = account === undefined ? why : await whyUnusable(found, undefined, signal);
  if (whyNotByUs !== undefined) return refuseUnusable(found, whyNotByUs);
  const copy = await copyBinaries(found, home);
  const whyNotCopy = await whyUnusable(copy, account, signal);
  if (whyNotCopy !== undefined) return refuseUnusable(copy, whyNotCopy);
  log("the embedded server's account cannot reach its programs; it uses a copy", {
    copy: copy.nativeDir,
  });
  return copy;
}
