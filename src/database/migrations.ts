// Brings the schema up to date at start: the migrations in drizzle/, forward only, one at a time for all daemons.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type pg from "pg";
import { z } from "zod";
import { SetupError } from "../errors.ts";
import { errorCode } from "./faults.ts";

// The same place seen from src/database/ and from dist/database/.
const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));
const oldestServer = 140_000;
const undefinedTable = "42P01";
const undefinedSchema = "3F000";
const noRight = "42501";

/** How the schema of a database stands. */
export interface SchemaState {
  /** Names of our migrations, in order. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Migrations that we do not know: a newer downlink has made them. */
  readonly unknown: number;
}

/**
 * Whether there is nothing to migrate: the rule, and soon answered.
 * @throws {SetupError} as `bringUpToDate`
 */
export function isUpToDate(client: pg.Client): Promise<boolean> {
  return namingRights(async () => (await acceptedState(client)).pending.length === 0);
}

/**
 * @returns the names of the migrations that were applied now
 * @throws {SetupError} for a server that is too old, or a schema made by a newer downlink.
 */
export async function bringUpToDate(client: pg.Client): Promise<readonly string[]> {
  // drizzle's migrator has no lock of its own: of several daemons that start at once, all but one would fail.
  await client.query("SELECT pg_advisory_lock(hashtextextended('downlink migrations', 0))");
  try {
    return await namingRights(async () => {
      const { pending } = await acceptedState(client);
      if (pending.length > 0) await migrate(drizzle(client), { migrationsFolder });
      return pending;
    });
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtextextended('downlink migrations', 0))");
  }
}

async function acceptedState(client: pg.Client): Promise<SchemaState> {
  await refuseOldServer(client);
  const state = await schemaState(client);
  refuseNewerSchema(state);
  return state;
}

async function namingRights<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (errorCode(error) !== noRight) throw error;
    throw new SetupError(
      "the database role may not create the schema: grant it CREATE on the database, or migrate as its owner",
      { cause: error },
    );
  }
}

/** Looked up by ourselves, since the migrator needs the right to create schemas even where nothing is to be done. */
export async function schemaState(client: pg.Client): Promise<SchemaState> {
  const ours = await ourMigrations();
  const hashes = await appliedMigrations(client);
  return {
    applied: ours.filter(({ hash }) => hashes.includes(hash)).map(({ name }) => name),
    pending: ours.filter(({ hash }) => !hashes.includes(hash)).map(({ name }) => name),
    unknown: hashes.filter((hash) => !ours.some((one) => one.hash === hash)).length,
  };
}

const journalSchema = z.object({ entries: z.array(z.object({ tag: z.string() })) });

async function ourMigrations(): Promise<{ name: string; hash: string }[]> {
  const journal = await readFile(join(migrationsFolder, "meta", "_journal.json"), "utf8");
  const { entries } = journalSchema.parse(JSON.parse(journal));
  const files = readMigrationFiles({ migrationsFolder }); // In the order of the journal.
  return files.map(({ hash }, at) => ({ name: entries[at]?.tag ?? "", hash }));
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
  );
  const [server] = rows;
  if (server !== undefined && server.number >= oldestServer) return;
  throw new SetupError(`PostgreSQL 14 or newer is needed, the server is ${server?.version}`);
}

function refuseNewerSchema({ unknown }: SchemaState): void {
  if (unknown === 0) return;
  throw new SetupError(
    `the database schema was made by a newer downlink (${unknown} unknown migrations): upgrade downlink`,
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
