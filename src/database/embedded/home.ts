// Where the cluster lives and who runs it. In the contract's folder, except for root when the account that runs the
// server cannot get in there (a checkout below /root): then in a fallback folder of this checkout's own.
//
// Modes. For an ordinary user folders are 0750. Root makes them 0711, so that the server's account may pass through to
// its cluster (0700) and its log (0750), which it owns; the password (0600) and the folders stay root's. Not 0710 with
// the account's group: that takes a second step, in which another daemon would find a folder that it cannot enter, and
// all that 0711 gives to others is to pass. Only folders made here get that: one that exists is a person's.
import { createHash } from "node:crypto";
import { chmod, mkdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { SetupError } from "../../errors.ts";
import { clusterFolder, clusterMajors } from "./cluster.ts";
import { folderError, hasCode } from "./file-errors.ts";
import type { EmbeddedServerLog } from "./log.ts";
import { canEnter, isRoot, type OsAccount, serverAccount } from "./os-account.ts";

export interface ServerHome {
  /** Holds the cluster, its log, and the password that fits it. */
  readonly home: string;
  /** Runs the server; undefined: our own. */
  readonly account: OsAccount | undefined;
}

export interface HomeOptions {
  readonly dir: string;
  readonly rootFallbackDir: string | undefined;
  readonly log: EmbeddedServerLog;
}

const fallbackParent = "/var/lib/downlink";

/** The fallback of `dir`: one for each data folder, so that two checkouts of root do not share a cluster. */
async function fallbackOf(dir: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return resolve(given);
  const hash = createHash("sha256")
    .update(await realpath(dir))
    .digest("hex");
  return join(fallbackParent, hash.slice(0, 16));
}

/**
 * Where a cluster is already; undefined if there is none. Changes nothing.
 * @throws {SetupError} our account may not look.
 */
export async function findClusterHome(
  dir: string,
  rootFallbackDir: string | undefined,
): Promise<string | undefined> {
  const own = resolve(dir);
  try {
    if ((await clusterMajors(own)).length > 0) return own;
    if (!isRoot()) return undefined;
    const fallback = await fallbackOf(own, rootFallbackDir);
    return (await clusterMajors(fallback)).length > 0 ? fallback : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined; // No data folder yet.
    throw folderError(own, error);
  }
}

/**
 * Makes the folders and decides. A cluster that is there stays where it is, also when the other place could be used
 * now: a new one beside it would look like lost data.
 * @throws {SetupError} a person must choose another place or change who may enter.
 */
export async function prepareHome({ dir, rootFallbackDir, log }: HomeOptions): Promise<ServerHome> {
  const own = resolve(dir);
  await makeFolder(own);
  const existing = await findClusterHome(own, rootFallbackDir);
  const account = await serverAccount(await clusterOwner(existing));
  if (account === undefined) return { home: own, account };
  if (existing === own || (existing === undefined && (await canEnter(account, own)))) {
    await requireEntry(account, own);
    return { home: own, account };
  }
  const fallback = existing ?? (await fallbackOf(own, rootFallbackDir));
  await makeFolder(fallback);
  await requireEntry(account, fallback);
  logFallback(log, fallback, account);
  return { home: fallback, account };
}

function logFallback(log: EmbeddedServerLog, fallback: string, { name }: OsAccount): void {
  log("the embedded server's account cannot enter the data folder; its cluster is elsewhere", {
    fallback,
    account: name,
  });
}

/** Who owns the newest cluster in `home`: PostgreSQL runs for its owner only. */
async function clusterOwner(
  home: string | undefined,
): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (home === undefined) return undefined;
  const [major] = await clusterMajors(home);
  if (major === undefined) return undefined;
  const dataDir = clusterFolder(home, major);
  const { uid, gid } = await stat(dataDir);
  if (uid !== 0) return { uid, gid };
  throw new SetupError(
    `${dataDir} belongs to root, as which PostgreSQL does not run: give it, and what is in it, back to the account that made it (chown -R)`,
  );
}

async function requireEntry(account: OsAccount, folder: string): Promise<void> {
  if (await canEnter(account, folder)) return;
  throw new SetupError(
    `root runs the embedded PostgreSQL as ${account.name}, who cannot enter ${folder}: let that account through its parent folders, or set DATABASE_URL`,
  );
}

/** Makes `folder` and its missing parents, with the modes that are said above. */
async function makeFolder(folder: string): Promise<void> {
  const mode = isRoot() ? 0o711 : 0o750;
  try {
    const first = await mkdir(folder, { recursive: true, mode });
    if (first === undefined || !isRoot()) return;
    for (let at = folder; at.length >= first.length; at = dirname(at)) {
      await chmod(at, mode); // A strict umask has taken away what the account needs.
    }
  } catch (error) {
    throw folderError(folder, error);
  }
}
