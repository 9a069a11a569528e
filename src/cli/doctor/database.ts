// The doctor asks the database: whether it is there, its version and settings, its schema, its clock. It changes
// nothing. The first thing that is wrong with the connection is all that can be said.
import type pg from "pg";
import type { Config } from "../../config.ts";
import { type SchemaState, schemaState } from "../../database/migrations.ts";
import { unsafeSettings } from "../../database/safety.ts";
import { DownlinkError } from "../../errors.ts";
import { askDatabase, findDatabase } from "../database-in-use.ts";
import { bytesText, countedText, durationText } from "../text/figures.ts";
import { type Finding, notChecked, ok, warning, words, wrong } from "./finding.ts";

export async function checkDatabase(config: Config): Promise<Finding[]> {
  const name = "database";
  try {
    if (config.databaseUrl === undefined && (await findDatabase(config))?.running !== true) {
      const found = "the embedded server is not running";
      return [notChecked(name, `${found}: it runs as long as the daemon does (npm start)`)];
    }
    return await askDatabase(config, (client) => ask(client, config));
  } catch (error) {
    if (!(error instanceof DownlinkError)) throw error;
    const advice =
      "Start it, or set DATABASE_URL right. The daemon waits for it, and loses nothing.";
    return [wrong(name, words(error), advice)];
  }
}

interface Server {
  readonly version: string;
  readonly number: number;
  readonly standby: boolean;
  readonly read_only: boolean;
  readonly encoding: string;
  readonly size: string;
  readonly daemons: number;
  readonly free_connections: number;
  readonly statement_timeout_ms: number;
}

const serverQuery = `
  SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
         pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only')::bool AS read_only,
         current_setting('server_encoding') AS encoding, pg_database_size(current_database())::text AS size,
         (SELECT count(*)::int FROM pg_stat_activity
           WHERE application_name = 'downlink session' AND datname = current_database()) AS daemons,
         current_setting('max_connections')::int - (SELECT count(*)::int FROM pg_stat_activity
           WHERE backend_type = 'client backend') AS free_connections,
         (SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout') AS statement_timeout_ms`;

async function ask(client: pg.Client, config: Config): Promise<Finding[]> {
  const { rows } = await client.query<Server>(serverQuery);
  const [server] = rows;
  if (server === undefined) return [];
  return [
    checkVersion(server),
    ...checkSettings(server, await unsafeSettings(client), config.allowUnsafeDatabase),
    judgeSchema(await schemaState(client)),
    await checkClock(client),
  ];
}

const oldestServer = 140_000;

function checkVersion({ version, number, size, daemons }: Server): Finding {
  const alive = daemons === 0 ? "no daemon" : countedText(daemons, "daemon");
  const found = `PostgreSQL ${version}, ${bytesText(Number(size))}, ${alive} connected`;
  if (number >= oldestServer) return ok("database", found);
  return wrong("database", found, "Upgrade the server: PostgreSQL 14 or newer is needed.");
}

/** A batch takes as long as a minute, and is then tried again by halves. */
const longestBatchMs = 60_000;
/** What a daemon holds at most: its pool, its session, and a little. */
const connectionsOfDaemon = 10;

export function checkSettings(
  server: Omit<Server, "version" | "number" | "size">,
  unsafe: readonly string[],
  allowUnsafe: boolean,
): Finding[] {
  const name = "settings";
  const findings: Finding[] = [];
  if (server.standby || server.read_only) {
    const found = server.standby
      ? "the server is a standby"
      : "default_transaction_read_only is on";
    findings.push(wrong(name, found, "Set DATABASE_URL to the server that takes writes."));
  }
  if (unsafe.length > 0) {
    const found = `${unsafe.join(", ")}: the server may lose what it has committed`;
    const advice = "Set it right: packages are deleted on the word of the server.";
    findings.push((allowUnsafe ? warning : wrong)(name, found, advice));
  }
  if (server.encoding !== "UTF8") {
    const advice =
      "Make a database with encoding UTF8: others cannot hold every text of a package.";
    findings.push(warning(name, `the database's encoding is ${server.encoding}`, advice));
  }
  const { statement_timeout_ms: timeoutMs } = server;
  if (timeoutMs > 0 && timeoutMs < longestBatchMs) {
    const advice = "Lift it for the daemon's role (ALTER ROLE … SET statement_timeout = 0).";
    findings.push(warning(name, `statement_timeout is ${timeoutMs} ms: it cuts batches`, advice));
  }
  if (server.free_connections < connectionsOfDaemon && server.daemons === 0) {
    const found = `only ${countedText(server.free_connections, "connection")} left`;
    const advice = `Raise max_connections: a daemon takes up to ${connectionsOfDaemon}.`;
    findings.push(warning(name, found, advice));
  }
  return findings.length > 0 ? findings : [ok(name, "what is committed stays committed")];
}

export function judgeSchema({ applied, pending, unknown }: SchemaState): Finding {
  const name = "schema";
  if (unknown > 0) {
    const found = `${countedText(unknown, "migration")} of a newer downlink`;
    return wrong(name, found, "Upgrade downlink: this one does not know that schema.");
  }
  const last = applied.at(-1);
  if (pending.length === 0 && last !== undefined) return ok(name, `up to date (${last})`);
  const found = last === undefined ? "no tables yet" : `${last}, not yet ${pending.join(", ")}`;
  return warning(name, found, "The next start of the daemon makes it, or: npx downlink migrate");
}

const fairSeconds = 2;
const tooMuchSeconds = 60;

async function checkClock(client: pg.Client): Promise<Finding> {
  const beforeMs = Date.now();
  const { rows } = await client.query<{ ms: string }>(
    "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms",
  );
  const afterMs = Date.now();
  return judgeClock((Number(rows[0]?.ms) - (beforeMs + afterMs) / 2) / 1_000);
}

/** @param aheadSeconds of the database's clock before ours */
export function judgeClock(aheadSeconds: number): Finding {
  const difference = durationText(Math.abs(aheadSeconds));
  const side = aheadSeconds > 0 ? "ahead of" : "behind";
  const found = `the database's clock is ${difference} ${side} this machine's`;
  if (Math.abs(aheadSeconds) < fairSeconds) return ok("clock", found);
  const advice = "Set both by NTP: times in the tables are the database's, those in the log ours.";
  return (Math.abs(aheadSeconds) < tooMuchSeconds ? warning : wrong)("clock", found, advice);
}
