// Connections to the database. A connection may be lost at any moment, in use or idle: that is told to whoever uses
// it, by its next query, and never ends the process.
import pg from "pg";
import { DatabaseAwayError } from "../errors.ts";
import { inTime } from "./deadline.ts";

/** Room for the batches under way, the ledger, and a little more. */
const maxConnections = 8;
/** For whoever looks on: few, so that however many ask, the loading has the server. */
const maxReaders = 3;
const longestReadMs = 5_000;
/**
 * For an answer: a statement that gets none fails, and its connection is not used again. Longer than a batch's transaction
 * may take with its rests, which has a deadline of its own (persister/batch-attempt.ts).
 */
const longestAnswerMs = 160_000;
/** The server ends what takes too long. If it does not even say that, it stands still, or the way to it does. */
const longestSilenceMs = longestReadMs + 1_000;
/** For a free connection, and for its making. */
const longestWaitMs = 10_000;
const connectMs = 5_000;

// What a role or a server may have set otherwise, and what our statements rely on. Before that: a host that died is
// noticed by the server after 10 s of silence and 4 questions 5 s apart. By the server's own settings it may be two hours
// in which its locks say that it lives, and nobody takes over what it had. A server without such a setting is asked for
// nothing; on a socket of the file system they mean nothing.
const sessionSettings = `
  SELECT set_config(name, number, false)
    FROM (VALUES ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '4'))
      AS wanted (name, number) JOIN pg_settings USING (name) WHERE context = 'user';
  SELECT set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, MDY', false),
         set_config('search_path', 'public', false), set_config('bytea_output', 'hex', false),
         set_config('default_transaction_isolation', 'read committed', false)`;

// `pool.on("error")` covers idle clients only; one that is checked out and loses its connection would otherwise be an
// uncaught exception. Its query fails at the same time, which is where the loss is handled.
function ignoreErrors(client: pg.ClientBase): void {
  client.on("error", () => {});
}

const connection = (url: string, applicationName: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: applicationName,
  connectionTimeoutMillis: connectMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
});

/** A connection of the pool. That it cannot be made is told in the same way as by `connect`. */
class PooledClient extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error | null) => void): void;
  override connect(callback?: (error: Error | null) => void): unknown {
    if (callback === undefined) {
      return super.connect().catch((error: unknown) => Promise.reject(cannotConnect(error)));
    }
    return super.connect((error: Error | null) => callback(error && cannotConnect(error)));
  }
}

function cannotConnect(cause: unknown): DatabaseAwayError {
  return new DatabaseAwayError("cannot connect to the database", { cause });
}

export function createPool(url: string, answerMs = longestAnswerMs): pg.Pool {
  const options = { ...connection(url, "downlink"), query_timeout: answerMs };
  return poolOf(options, maxConnections, sessionSettings);
}

// A session's own settings and not those of a transaction: no statement can be sent without them.
const readerSettings = `${sessionSettings},
         set_config('default_transaction_read_only', 'on', false),
         set_config('statement_timeout', '${longestReadMs}ms', false)`;

/** Connections that can only read, and for no statement longer than its limit. Who finds none free waits. */
export function createReadPool(url: string): pg.Pool {
  const options = {
    ...connection(url, "downlink reader"),
    connectionTimeoutMillis: longestWaitMs,
    query_timeout: longestSilenceMs,
  };
  return poolOf(options, maxReaders, readerSettings);
}

function poolOf(options: pg.ClientConfig, max: number, settings: string): pg.Pool {
  const pool = new pg.Pool({
    ...options,
    Client: PooledClient,
    max,
    idleTimeoutMillis: 60_000,
    onConnect: async (client) => {
      ignoreErrors(client);
      if (!(client instanceof PooledClient)) throw new TypeError("expected a client of this pool");
      await inTime(client, connectMs, () => client.query(settings));
    },
  });
  pool.on("error", () => {});
  return pool;
}

/**
 * One connection outside the pool, for what belongs to a session: advisory locks. The caller ends it.
 * @throws {DatabaseAwayError} whatever the server or the network has against it: a password may be set right and a
 *   certificate renewed while we wait.
 */
export async function connect(url: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client(connection(url, applicationName));
  ignoreErrors(client);
  try {
    await client.connect();
    await inTime(client, connectMs, () => client.query(sessionSettings));
    return client;
  } catch (error) {
    void client.end().catch(() => {});
    throw cannotConnect(error);
  }
}

/** A database URL as it may be shown: without its password. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = "";
  for (const name of ["password", "sslpassword"]) shown.searchParams.delete(name);
  return shown.href;
}
