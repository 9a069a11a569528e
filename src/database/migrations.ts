// Brings the schema up to date at start: the migrations in drizzle/, forward only, one at a time for all daemons.
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type pg from "pg";
import { SetupError } from "../errors.ts";
import { errorCode } from "./faults.ts";

// The same place seen from src/database/ and from dist/database/.
const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));
const oldestServer = 140_000;
const undefinedTable = "42P01";
const undefinedSchema = "3F000";
const noRight = "42501";

/** @throws {SetupError} for a server that is too old, or a schema made by a newer downlink. */
export async function bringUpToDate(client: pg.Client): Promise<void> {
  await refuseOldServer(client);
  // drizzle's migrator has no lock of its own: of several daemons that start at once, all but one would fail.
  await client.query("SELECT pg_advisory_lock(hashtextextended('downlink migrations', 0))");
  try {
    if ((await pendingMigrations(client)) === 0) return;
    await migrate(drizzle(client), { migrationsFolder });
  } catch (error) {
    if (errorCode(error) !== noRight) throw error;
    throw new SetupError(
      "the database role may not create the schema: grant it CREATE on the database, or migrate as its owner",
      { cause: error },
    );
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtextextended('downlink migrations', 0))");
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
  );
  const [server] = rows;
  if (server !== undefined && server.number >= oldestServer) return;
  throw new SetupError(`PostgreSQL 14 or newer is needed, the server is ${server?.version}`);
}

/** Looked up by ourselves, since the migrator needs the right to create schemas even where nothing is to be done. */
async function pendingMigrations(client: pg.Client): Promise<number> {
  const ours = readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash);
  const applied = await appliedMigrations(client);
  const unknown = applied.filter((hash) => !ours.includes(hash));
  if (unknown.length === 0) return ours.length - applied.length;
  throw new SetupError(
    `the database schema was made by a newer downlink (${unknown.length} unknown migrations): upgrade downlink`,
  );
}

async function appliedMigrations(client: pg.Client): Promise<string[]> {
  try {
    const { rows } = await client.query<{ hash: string }>(
      "SELECT hash FROM drizzle.__drizzle_migrations ORDER BY created_at",
    );
    return rows.map(({ hash }) => hash);
  } catch (error) {
    if ([undefinedTable, undefinedSchema].includes(errorCode(error) ?? "")) return [];
    throw error;
  }
}
