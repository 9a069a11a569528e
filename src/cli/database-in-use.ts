// Which database the daemon uses, and a connection to it. Starts and changes nothing.
import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Config } from "../config.ts";
import { type FoundServer, findEmbeddedServer } from "../database/embedded/find-server.ts";
import { errorCode, isOutage } from "../database/faults.ts";
import { connect, withoutPassword } from "../database/pool.ts";
import type { Queryable } from "../queries/queryable.ts";
import { CommandError } from "./failure.ts";

const notRunning = "the daemon is not running; start it with npm start";
const undefinedTable = "42P01";

/** @returns undefined if the embedded server is in use and has never run. */
export async function findDatabase({
  databaseUrl,
  dataDir,
}: Config): Promise<Pick<FoundServer, "url" | "running"> | undefined> {
  if (databaseUrl !== undefined) return { url: databaseUrl, running: true }; // Or not: it is not ours.
  return findEmbeddedServer(join(dataDir, "postgres"));
}

/**
 * Asks the database in use.
 * @throws {CommandError} it cannot be reached, or the daemon has not made its tables yet.
 */
export async function askDatabase<Answer>(
  config: Config,
  ask: (client: pg.Client) => Promise<Answer>,
): Promise<Answer> {
  const found = await findDatabase(config);
  if (found?.running !== true) throw new CommandError(notRunning);
  try {
    const client = await connect(found.url, "downlink command");
    try {
      return await ask(client);
    } finally {
      await client.end().catch(() => {}); // The connection was lost: `ask` has said so.
    }
  } catch (error) {
    throw askError(config, found.url, error);
  }
}

/** The same for the questions of queries/. */
export async function askQueries<Answer>(
  config: Config,
  ask: (db: Queryable) => Promise<Answer>,
): Promise<Answer> {
  return askDatabase(config, (client) => ask(drizzle(client)));
}

function askError({ databaseUrl }: Config, url: string, cause: unknown): unknown {
  if (errorCode(cause) === undefinedTable) {
    const text = "the database has no tables yet: start the daemon once with npm start";
    return new CommandError(text, { cause });
  }
  if (!isOutage(cause)) return cause;
  if (databaseUrl === undefined && errorCode(cause) === "ECONNREFUSED") {
    return new CommandError(notRunning, { cause });
  }
  const shown = withoutPassword(url);
  return new CommandError(`the database at ${shown} cannot be reached (${reasonOf(cause)})`, {
    cause,
  });
}

/** The server's words, or the network's; of several addresses that were tried there are only codes. */
function reasonOf(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  const message = at instanceof Error ? at.message : String(at);
  return message === "" ? (errorCode(at) ?? "no answer") : message;
}
