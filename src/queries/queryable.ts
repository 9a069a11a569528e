// What a question is asked of: drizzle on a pool, on one connection or in a transaction. The connection's time zone is
// UTC, as createPool and connect set it; questions read, and change nothing.
import type { NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import type { PgDatabase } from "drizzle-orm/pg-core";

export type Queryable = PgDatabase<NodePgQueryResultHKT>;
