// The server of a cluster as its file postmaster.pid shows it: whether it runs, on which port, and how to stop it.
// This file starts nothing.
import { link, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedServerError } from "../../errors.ts";
import { hasCode } from "./file-errors.ts";
import type { EmbeddedServerLog } from "./log.ts";
import type { OsAccount } from "./os-account.ts";
import { isAlive, isServerOf, serversIn } from "./process-check.ts";

/** As the server writes it: `starting`, `ready`, `stopping`; empty for a moment at the beginning. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** A cluster and who runs it. */
export interface Cluster {
  readonly dataDir: string;
  readonly account: OsAccount | undefined;
}

/** Asks the server for a fast shutdown, as `pg_ctl stop -m fast` does: it waits for no client. */
export const fastStop = "SIGINT";

/** From one look at postmaster.pid to the next: the server tells of its state in no other way. */
export const pollMs = 50;
/** A fast stop took 0.4 s after 3 M fresh rows; a slow disk may need long for its last checkpoint. */
const stopLimitMs = 60_000;

/** What postmaster.pid says, true or not; undefined if there is none. */
async function readPidFile(dataDir: string): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(join(dataDir, "postmaster.pid"), "utf8")).split("\n");
    const [pid = "", , , port = "", , , , status = ""] = lines;
    if (!(Number(pid) > 0)) return undefined; // Being written.
    return { pid: Number(pid), port: Number(port), status: status.trim() };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The server that runs on `dataDir`, in whatever state; undefined if none does. */
export async function findPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const file = await readPidFile(dataDir);
  if (file === undefined) return undefined;
  return (await isServerOf(file.pid, dataDir)) ? file : undefined;
}

/**
 * Removes a postmaster.pid whose pid now is another program's or a zombie's: PostgreSQL would take that for a running
 * server. Only when nothing works in the folder. A file whose pid is merely dead stays: PostgreSQL finds by it what
 * an earlier server left behind.
 */
export async function removeStalePidFile(
  { dataDir, account }: Cluster,
  log: EmbeddedServerLog,
): Promise<void> {
  const file = await readPidFile(dataDir);
  if (file === undefined || !isAlive(file.pid) || (await isServerOf(file.pid, dataDir))) return;
  const working = await serversIn(dataDir, account);
  if (working === undefined || working.length > 0) return;
  log("postmaster.pid names a process that is no server of this cluster: file removed", {
    dataDir,
    pid: file.pid,
  });
  await removeFileOf(file.pid, join(dataDir, "postmaster.pid"));
}

/** Moved away first: another daemon's server may have written its own meanwhile, and would end without it. */
async function removeFileOf(pid: number, path: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    if (Number.parseInt(await readFile(aside, "utf8"), 10) !== pid) await link(aside, path);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "EEXIST")) throw error; // Another daemon was faster.
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * Stops the server of the cluster, whoever started it: open transactions roll back, all else is written. Does nothing
 * if none runs. Returns when the last of its processes is gone.
 * @throws {EmbeddedServerError} it still runs after a minute; it goes on stopping.
 */
export async function stopPostmaster(cluster: Cluster, limitMs = stopLimitMs): Promise<void> {
  const limit = AbortSignal.timeout(limitMs);
  const server = await findPostmaster(cluster.dataDir);
  if (server === undefined) return;
  requestStop(server.pid);
  try {
    while (await isServerOf(server.pid, cluster.dataDir)) {
      await delay(pollMs, null, { signal: limit });
    }
    // The process that writes the log is the last to go, and must not write into a folder that is being removed.
    while ((await serversIn(cluster.dataDir, cluster.account))?.length) {
      await delay(pollMs, null, { signal: limit });
    }
  } catch (cause) {
    if (!limit.aborted) throw cause;
    throw new EmbeddedServerError(
      `the server of ${cluster.dataDir} (pid ${server.pid}) did not stop within ${limitMs} ms`,
      { cause },
    );
  }
}

function requestStop(pid: number): void {
  try {
    process.kill(pid, fastStop);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error; // Ended by itself meanwhile.
  }
}
