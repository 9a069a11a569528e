// The schema is brought up to date at start: by one daemon at a time, and not at all where that would do harm.
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bringUpToDate } from "../../src/database/migrations.ts";
import { connect } from "../../src/database/pool.ts";
import { SetupError } from "../../src/errors.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let clients: pg.Client[];
beforeEach(async () => {
  database = await createTestDatabase();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.drop();
});

async function client(url = database.url): Promise<pg.Client> {
  const made = await connect(url, "migrations test");
  clients.push(made);
  return made;
}

const tables = `SELECT array_agg(table_name::text ORDER BY table_name) AS names
                  FROM information_schema.tables WHERE table_schema = 'public'`;
const applied = "SELECT count(*)::int AS count FROM drizzle.__drizzle_migrations";

test("eight daemons at once on an empty database make one schema", async () => {
  const eight = await Promise.all(Array.from({ length: 8 }, () => client()));
  await Promise.all(eight.map(bringUpToDate));
  const [one] = eight;
  expect((await one?.query(tables))?.rows).toEqual([
    { names: ["files", "rejected_lines", "settings", "telemetry"] },
  ]);
  const once = (await one?.query(applied))?.rows;
  await Promise.all(eight.map(bringUpToDate));
  expect((await one?.query(applied))?.rows).toEqual(once);
});

test("a daemon that dies amid a migration leaves nothing of it, and no lock", async () => {
  const [dying, blocking, next] = [await client(), await client(), await client()];
  await blocking.query("BEGIN; CREATE TABLE telemetry ()"); // Stops the migration half way.
  const died = expect(bringUpToDate(dying)).rejects.toThrow();
  const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                      AND wait_event_type = 'Lock' AND query ILIKE '%create table%'`;
  const pid = await until("the block", async () => (await next.query(waiting)).rows[0]?.pid);
  await next.query("SELECT pg_terminate_backend($1, 5000)", [pid]);
  await died;
  expect((await next.query(tables)).rows).toEqual([{ names: null }]);
  await blocking.query("ROLLBACK");
  await bringUpToDate(next);
  expect((await next.query(tables)).rows[0]?.names).toHaveLength(4);
});

test("a schema that a newer downlink made is refused, and left as it is", async () => {
  const daemon = await client();
  await bringUpToDate(daemon);
  const newer =
    "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 9e15)";
  await daemon.query(newer);
  const refused = bringUpToDate(daemon);
  await expect(refused).rejects.toThrow(SetupError);
  await expect(refused).rejects.toThrow("upgrade downlink");
  const other = await client(); // Nor is the lock kept.
  await expect(bringUpToDate(other)).rejects.toThrow(SetupError);
});

test("a server that is too old is refused by its version", async () => {
  const query = () => Promise.resolve({ rows: [{ number: 130_014, version: "13.14" }] });
  const old = Object.assign(new pg.Client(), { query });
  const refused = bringUpToDate(old);
  await expect(refused).rejects.toThrow(SetupError);
  await expect(refused).rejects.toThrow("PostgreSQL 14 or newer is needed, the server is 13.14");
});

describe("a role with few rights", () => {
  let role: string;
  let url: string;
  let admin: pg.Client;
  beforeEach(async () => {
    role = `few_rights_${process.pid}_${Date.now()}`;
    admin = await client();
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    const theirs = new URL(database.url);
    theirs.username = role;
    theirs.password = "secret";
    url = theirs.href;
  });
  afterEach(async () => {
    const admin = await connect(database.url, "migrations test");
    await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await admin.end();
  });

  test("is enough where the schema is up to date", async () => {
    await bringUpToDate(admin);
    await admin.query(`GRANT USAGE ON SCHEMA drizzle, public TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO ${role}`);
    await bringUpToDate(await client(url));
  });

  test.each([
    ["the right to make it", (name: string) => `GRANT CREATE ON DATABASE ${name} TO ${role}`],
    ["the database itself", (name: string) => `ALTER DATABASE ${name} OWNER TO ${role}`],
  ])("makes the schema with %s, and can use it", async (_, give) => {
    await admin.query(give(new URL(database.url).pathname.slice(1)));
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
    const theirs = await client(url);
    await bringUpToDate(theirs);
    expect((await theirs.query("SELECT count(*)::int AS count FROM files")).rows).toEqual([
      { count: 0 },
    ]);
    await admin.query(
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO CURRENT_USER`,
    );
  });

  test("is told what it needs where the schema is to be made", async () => {
    const refused = bringUpToDate(await client(url));
    await expect(refused).rejects.toThrow(SetupError);
    await expect(refused).rejects.toThrow("grant it CREATE on the database");
  });
});
