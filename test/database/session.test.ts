// The locks by which daemons know of each other. Each session is a daemon's, on one database.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Session, type SessionLimits } from "../../src/database/session.ts";
import { SetupError } from "../../src/errors.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { createTestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
const sessions: Session[] = [];
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterEach(async () => {
  for (const session of sessions) session.end();
  await Promise.all(sessions.splice(0).map(({ lost }) => lost));
});
afterAll(() => database.drop());

async function open(
  owner: string,
  exclusive = false,
  url = database.url,
  limits: SessionLimits = {},
): Promise<Session> {
  const session = await Session.open({ url, owner, exclusive, allowUnsafe: true, ...limits });
  sessions.push(session);
  return session;
}

/** Ends the session's connection as the death of its process would. */
const killBackend = (lock: string) =>
  database.rows(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND datname = current_database()
        AND (classid::bigint << 32) | objid::bigint = hashtextextended($1, 0)`,
    [lock],
  );

test("a daemon lives as long as its session", async () => {
  const [a] = await Promise.all([open("a"), open("b")]);
  expect(await a.living(["a", "b", "c"])).toEqual(new Set(["a", "b"]));
  expect(await a.living([])).toEqual(new Set());
  await killBackend("downlink owner b");
  await until("the end of b", async () => !(await a.living(["b"])).has("b"));
  expect(await a.living(["a", "b", "c"])).toEqual(new Set(["a"]));
});

test("daemons of other databases on the same server are not ours", async () => {
  const other = await createTestDatabase();
  try {
    const [a] = await Promise.all([open("a"), open("elsewhere", false, other.url)]);
    expect(await a.living(["elsewhere"])).toEqual(new Set());
  } finally {
    sessions.pop()?.end();
    await other.drop();
  }
});

test("a claim's name and a daemon's name are different locks", async () => {
  const a = await open("a");
  const [id = 0] = await a.reserveClaims(1);
  expect(await a.living([`${id}`, `claim ${id}`])).toEqual(new Set());
});

test("ids for claims are new, and locked until they are released", async () => {
  const [a, b] = await Promise.all([open("a"), open("b")]);
  const both = await Promise.all([a.reserveClaims(5), b.reserveClaims(3)]);
  expect(new Set(both.flat()).size).toBe(8);
  expect(await a.reserveClaims(0)).toEqual([]);
  const [first = 0, second = 0] = both[0];
  expect(await b.takeClaim(first)).toBe(false);
  await a.releaseClaim(first);
  expect(await b.takeClaim(first)).toBe(true);
  expect(await a.takeClaim(first)).toBe(false);
  expect(await b.takeClaim(second)).toBe(false);
});

test("in a flood, and after it, who asks later gets a higher id", async () => {
  const session = await open("a");
  const asked: Promise<number>[] = [];
  for (let round = 0; round < 40; round++) {
    asked.push(session.reserveClaim(), session.reserveClaim());
    await Promise.race([asked.at(-1), session.ping()]); // Amid a statement for ids, and between two.
    asked.push(session.reserveClaim());
  }
  const ids = await Promise.all(asked);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
});

test("the claims of a daemon that dies can be taken", async () => {
  const [a, b] = await Promise.all([open("a"), open("b")]);
  const [id = 0] = await a.reserveClaims(1);
  await killBackend("downlink owner a");
  await until("the claim", () => b.takeClaim(id));
});

test("a session that is lost says so, and why", async () => {
  const a = await open("a");
  await killBackend("downlink owner a");
  expect(await a.lost).toMatchObject({ code: "57P01" });
});

test("a session that is ended says so, and answers no more", async () => {
  const a = await open("a");
  a.end();
  a.end();
  expect(await a.lost).toBeUndefined();
  await a.ping(); // Never rejects.
  await expect(a.living(["a"])).rejects.toThrow();
});

test("a session on which a question is not answered in time is lost", async () => {
  const proxy = new DatabaseProxy(database.url);
  await proxy.open();
  try {
    const a = await open("a", false, proxy.url, { answerMs: 1_000 });
    proxy.holdAnswers();
    await expect(a.living(["a"])).rejects.toThrow("Connection terminated");
    expect(await a.lost).toBeUndefined();
  } finally {
    await proxy.close();
  }
});

test("a session is not opened where a question is not answered in time", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; LOCK TABLE drizzle.__drizzle_migrations");
    const opened = open("a", false, database.url, { answerMs: 1_000 });
    await expect(opened).rejects.toThrow("Connection terminated");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});

test("a daemon that connects anew waits for its own earlier connection", async () => {
  const earlier = await open("a");
  let isOpen = false;
  const later = open("a").then((session) => {
    isOpen = true;
    return session;
  });
  await until("the wait", async () => {
    const waiting = `SELECT FROM pg_stat_activity
                      WHERE datname = current_database() AND wait_event = 'advisory'`;
    return (await database.rows(waiting)).length > 0;
  });
  expect(isOpen).toBe(false);
  earlier.end();
  expect(await (await later).living(["a"])).toEqual(new Set(["a"]));
});

test("its own earlier connection, of whose end the server never heard, is ended, and no other's", async () => {
  const proxy = new DatabaseProxy(database.url);
  await proxy.open();
  try {
    const [b] = await Promise.all([open("b"), open("a", false, proxy.url)]);
    proxy.partition();
    const again = () => open("a", false, database.url, { lockMs: 100 });
    await expect(again()).rejects.toMatchObject({ code: "55P03" });
    await until("the lock", () => again().catch(() => false));
    expect(await b.living(["a", "b"])).toEqual(new Set(["a", "b"]));
  } finally {
    await proxy.close();
  }
});

test("an exclusive database is for one daemon, and for the next one when that has ended", async () => {
  const a = await open("a", true);
  const refused = open("b", true);
  await expect(refused).rejects.toThrow(SetupError);
  await expect(refused).rejects.toThrow("another daemon runs on this embedded server");
  const patient = open("c", true); // It waits a little, for a daemon that is just dying.
  a.end();
  expect(await (await patient).living(["a", "c"])).toEqual(new Set(["c"]));
});
