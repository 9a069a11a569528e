// For the command line: where the daemon's embedded server is, without starting or changing anything.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { clusterFolder, clusterMajors } from "./cluster.ts";
import { hasCode } from "./file-errors.ts";
import { findClusterHome } from "./home.ts";
import { databaseUrl } from "./open-database.ts";
import { requirePassword } from "./password.ts";
import { findPostmaster } from "./postmaster.ts";

export interface FoundServer {
  /** With the password. */
  readonly url: string;
  /** Of the running server, else of the last one. */
  readonly port: number;
  readonly running: boolean;
}

/**
 * @param dir the folder `postgres` inside the data folder.
 * @param rootFallbackDir as it was given to the start, if it was.
 * @returns undefined if there is no cluster, or none that was ever started.
 * @throws {SetupError} our account may not read it.
 */
export async function findEmbeddedServer(
  dir: string,
  rootFallbackDir?: string,
): Promise<FoundServer | undefined> {
  const home = await findClusterHome(dir, rootFallbackDir);
  const [major] = home === undefined ? [] : await clusterMajors(home);
  if (home === undefined || major === undefined) return undefined;
  const dataDir = clusterFolder(home, major);
  const password = await requirePassword(home);
  const server = await findPostmaster(dataDir);
  const port = server?.port ?? (await lastPort(dataDir));
  if (port === undefined) return undefined;
  return { url: databaseUrl(password, port), port, running: server?.status === "ready" };
}

/** From the arguments of the last start, which the server keeps in a file. */
async function lastPort(dataDir: string): Promise<number | undefined> {
  try {
    const text = await readFile(join(dataDir, "postmaster.opts"), "utf8");
    const port = /"port=(\d+)"/.exec(text)?.[1];
    return port === undefined ? undefined : Number(port);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
