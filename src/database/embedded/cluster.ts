// The cluster: PostgreSQL's data folder, one for each major version, for nothing in the package converts one into
// another. Made once by initdb; this file does not start anything and never removes or changes a cluster.
import {
  chown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { EmbeddedServerError, SetupError } from "../../errors.ts";
import type { Binaries } from "./binaries.ts";
import { hasCode } from "./file-errors.ts";
import type { EmbeddedServerLog } from "./log.ts";
import { type OsAccount, requireNamedUser } from "./os-account.ts";
import { runProgram } from "./run-program.ts";

/** User and database of the cluster. */
export const databaseName = "downlink";

const initdbLimitMs = 120_000; // 2 s on a disk of its own; a slow network disk syncs 1000 files one by one.
const leftoverMs = 5 * initdbLimitMs; // A half-made folder older than this is of a daemon that was killed.

export interface ClusterOptions {
  /** Where the cluster's folder is, or is to be. */
  readonly home: string;
  readonly account: OsAccount | undefined;
  readonly binaries: () => Promise<Binaries>;
  /** Of the PostgreSQL that is to run on it. */
  readonly major: number;
  readonly password: string;
  readonly durable: boolean;
  readonly log: EmbeddedServerLog;
  readonly signal?: AbortSignal | undefined;
}

export function clusterFolder(home: string, major: number): string {
  return join(home, `data-${major}`);
}

/** Major versions of the clusters in `home`, newest first. Empty if the folder is not there. */
export async function clusterMajors(home: string): Promise<number[]> {
  const names = await readdir(home).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  const majors = names.flatMap((name) => /^data-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return majors.sort((a, b) => b - a);
}

/**
 * Makes the cluster unless it is there. Made beside, then renamed: a crash never leaves half a cluster, and of two
 * daemons the first to rename wins.
 * @throws {SetupError} there is only a cluster of another major version: going on would look like lost data.
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const { home, account, major, durable, log } = options;
  const dataDir = clusterFolder(home, major);
  await removeLeftovers(home);
  const majors = await clusterMajors(home);
  if (majors.includes(major)) return dataDir;
  const [other] = majors;
  if (other !== undefined) {
    throw new SetupError(
      `${clusterFolder(home, other)} is a cluster of PostgreSQL ${other}, and this version of downlink brings PostgreSQL ${major}, which cannot read it: dump it with a PostgreSQL ${other} and move the folder away, or install the earlier downlink`,
    );
  }
  if (account === undefined) requireNamedUser();
  const temporary = await mkdtemp(join(home, ".initdb-"));
  try {
    await runInitdb(options, temporary);
    await moveCluster(join(temporary, "data"), dataDir);
    if (durable) for (const folder of [home, dirname(home)]) await syncFolder(folder);
    log("cluster of the embedded server made", { dataDir, major });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return dataDir;
}

async function runInitdb(options: ClusterOptions, temporary: string): Promise<void> {
  const { account, password, durable, signal } = options;
  const { initdb } = await options.binaries();
  const passwordFile = join(temporary, "password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) {
    for (const path of [temporary, passwordFile]) await chown(path, account.uid, account.gid);
  }
  const args = ["-D", join(temporary, "data"), "-U", databaseName, "--pwfile", passwordFile];
  args.push("-A", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-instructions");
  if (!durable) args.push("--no-sync");
  const result = await runProgram(initdb, args, { account, signal, limitMs: initdbLimitMs });
  if (result.code === 0) return;
  throw new EmbeddedServerError(`initdb ended with ${result.code}: ${result.output.slice(-300)}`);
}

async function moveCluster(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY", "EEXIST")) throw error; // Another daemon was first: its cluster stands.
  }
}

/** The names in a folder are durable only after this; without it a power loss could take the whole cluster away. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch((error: unknown) => {
    if (hasCode(error, "EACCES")) return undefined; // A parent folder that is not ours to read.
    throw error;
  });
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** What a daemon leaves that was killed while it made something. A young one may be in use by another daemon. */
async function removeLeftovers(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!/^\.(initdb|binaries)-/.test(name)) continue;
    const path = join(home, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > leftoverMs) await rm(path, { recursive: true, force: true });
  }
}

/** The folder of the server's own log; the account that runs the server writes into it. */
export async function ensureLogFolder(
  home: string,
  account: OsAccount | undefined,
): Promise<string> {
  const logDir = join(home, "log");
  await mkdir(logDir, { recursive: true, mode: 0o750 });
  if (account !== undefined) await chown(logDir, account.uid, account.gid);
  return logDir;
}
