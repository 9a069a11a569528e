// How a route asks the database: on the few connections that can only read. A database that is away is said at once and
// not waited for: whoever asks comes again.
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Database } from "../database/database.ts";
import { isOutage } from "../database/faults.ts";
import { databaseKey } from "../parsers/parts.ts";
import type { Queryable } from "../queries/queryable.ts";
import type { Registry } from "../registry/registry.ts";
import type { ApiContext } from "./context.ts";
import { problem } from "./problems.ts";

const drizzles = new WeakMap<pg.Pool, Queryable>();

type Sources = Pick<ApiContext, "registry" | "gate">;

/** @throws {ProblemError} database_away, too_many_requests */
export async function read<Answer>(
  { registry, gate }: Sources,
  ask: (db: Queryable) => Promise<Answer>,
): Promise<Answer> {
  readyDatabase(registry); // Nobody waits for a turn while there is none.
  return gate.run(() => askOn(readyDatabase(registry), ask));
}

function readyDatabase(registry: Registry): ReadyDatabase {
  const database = registry.find(databaseKey);
  const state = database?.state;
  if (database === undefined || state?.kind !== "ready") {
    throw problem("database_away", "waiting for the database");
  }
  return { database, readers: state.access.readers };
}

interface ReadyDatabase {
  readonly database: Database;
  readonly readers: pg.Pool;
}

async function askOn<Answer>(
  { database, readers }: ReadyDatabase,
  ask: (db: Queryable) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(drizzleOn(readers));
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
