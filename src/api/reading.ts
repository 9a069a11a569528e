// How a route asks the database: on the few connections that can only read. A database that is away is said at once and
// not waited for: whoever asks comes again.
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Database } from "../database/database.ts";
import { isOutage } from "../database/faults.ts";
import { databaseKey } from "../parsers/parts.ts";
import type { Queryable } from "../queries/queryable.ts";
import type { Registry } from "../registry/registry.ts";
import { problem } from "./problems.ts";

const drizzles = new WeakMap<pg.Pool, Queryable>();

/** @throws {ProblemError} database_away */
export async function read<Answer>(
  registry: Registry,
  ask: (db: Queryable) => Promise<Answer>,
): Promise<Answer> {
  const database = registry.find(databaseKey);
  if (database?.state.kind !== "ready") throw problem("database_away", "waiting for the database");
  try {
    return await ask(drizzleOn(database.state.access.readers));
  } catch (error) {
    suspect(database, error);
    throw error;
  }
}

function suspect(database: Database, error: unknown): void {
  if (isOutage(error)) database.suspect();
}

function drizzleOn(pool: pg.Pool): Queryable {
  const known = drizzles.get(pool);
  if (known !== undefined) return known;
  const made = drizzle(pool);
  drizzles.set(pool, made);
  return made;
}
