// The database component: there, or away and waited for. A server that is unreachable is a state, told once in the log
// for each change, and costs nobody anything but time.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { givenServer } from "../../src/database/server.ts";
import { SetupError } from "../../src/errors.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

let direct: MigratedDatabase;
let proxy: DatabaseProxy;
let running: RunningDatabase;
beforeAll(async () => {
  direct = await createMigratedDatabase();
});
beforeEach(async () => {
  proxy = new DatabaseProxy(direct.url);
  await proxy.open();
});
afterEach(async () => {
  await running.stop();
  await proxy.close();
});
afterAll(() => direct.drop());

const never = () => new AbortController().signal;
const soon = () => AbortSignal.timeout(10_000);
const inState = (kind: string) => until(kind, () => running.database.state.kind === kind);
const ask = () =>
  running.database.use(soon(), async ({ pool }) => (await pool.query("SELECT 1 AS one")).rows);
/** What the log says of the database's state; that the tests' server is an unsafe one is another matter. */
const states = () => running.messages().filter((message) => !message.includes("may lose"));
const told = ["database away, waiting for it", "database ready"];
/** Who is connected to the database; the test itself is, too. */
async function backends(): Promise<Set<number>> {
  const text = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()";
  return new Set((await direct.rows<{ pid: number }>(text)).map(({ pid }) => pid));
}

describe("a server that is there", () => {
  test("is ready once it has been reached, and said so without its password", async () => {
    const server = new URL(direct.url);
    server.password ||= "secret";
    running = runDatabase(direct.url);
    expect(running.database.state.kind).toBe("connecting");
    expect(running.database.shownUrl).toBeUndefined();
    await running.database.whenReady(soon());
    expect(states()).toEqual(["database ready"]);
    expect(running.database.shownUrl).not.toContain(server.password);
    expect(running.text()).not.toContain(server.password);
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  test("is waited for no longer than the signal says", async () => {
    running = runDatabase("postgres://127.0.0.1:1/nowhere");
    const stopping = new AbortController();
    const waiting = running.database.whenReady(stopping.signal);
    stopping.abort(new Error("stop"));
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect(running.database.whenReady(stopping.signal)).rejects.toThrow("stop");
  });
});

describe("a server that is away", () => {
  test("at the start is waited for, and told once", async () => {
    await proxy.close();
    let tries = 0;
    const given = givenServer(proxy.url);
    const ensure = (signal: AbortSignal) => {
      tries++;
      return given.ensure(signal);
    };
    running = runDatabase({ ...given, ensure });
    await inState("away");
    const answer = ask();
    await until("some more tries", () => tries > 3);
    await proxy.open();
    expect(await answer).toEqual([{ one: 1 }]);
    expect(states()).toEqual(told);
  });

  test("after it was there is noticed by the session, and told once for each change", async () => {
    running = runDatabase(proxy.url);
    await inState("ready");
    for (const _ of [1, 2]) {
      await proxy.close();
      await inState("away");
      await proxy.open();
      await inState("ready");
    }
    expect(states()).toEqual(["database ready", ...told, ...told]);
    expect(await ask()).toEqual([{ one: 1 }]);
  });

  test("for a moment is there again at once, however often that happens", async () => {
    running = runDatabase(proxy.url);
    for (let loss = 1; loss <= 6; loss++) {
      await inState("ready");
      proxy.cut();
      await inState("away");
    }
    const startedAtMs = performance.now();
    await inState("ready");
    expect(performance.now() - startedAtMs).toBeLessThan(1_000); // The pause has not grown.
  });

  test("behind a connection that says nothing any more is found out by whoever suspects it", async () => {
    running = runDatabase(proxy.url);
    await inState("ready");
    proxy.holdAnswers();
    running.database.suspect();
    running.database.suspect();
    await inState("away");
    await inState("ready");
    expect(states()).toEqual(["database ready", ...told]);
  });

  test("behind such a connection is found out also where nobody asks it anything", async () => {
    running = runDatabase(proxy.url, "silent", true, {
      silenceMs: 100,
      answerMs: 1_000,
      lockMs: 500,
    });
    await inState("ready");
    proxy.holdAnswers();
    await inState("away");
    await inState("ready");
    expect(states()).toEqual(["database ready", ...told]);
  });

  test("since it lets nobody in is away too, and waited for", async () => {
    const role = `late_role_${process.pid}_${Date.now()}`;
    const url = new URL(direct.url);
    [url.username, url.password] = [role, "the secret of the role"];
    running = runDatabase(url.href);
    await inState("away");
    await direct.run(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'the secret of the role'`);
    try {
      await inState("ready");
      expect(states()).toEqual(told);
      expect(running.text()).not.toContain("secret");
    } finally {
      await running.stop();
      await direct.run(`DROP ROLE ${role}`);
    }
  });
});

describe("what a person must set right", () => {
  test("is refused, told to whoever waits, and waited for by nobody", async () => {
    const newer =
      "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 9e15)";
    await direct.run(newer);
    try {
      running = runDatabase(direct.url);
      await expect(running.database.whenReady(never())).rejects.toThrow(SetupError);
      await expect(ask()).rejects.toThrow("upgrade downlink");
      expect(running.database.state.kind).toBe("refused");
    } finally {
      await direct.run("DELETE FROM drizzle.__drizzle_migrations WHERE hash = 'newer'");
    }
  });
});

describe("a stop", () => {
  test.each([
    [true, "after a session"],
    [false, "without one"],
  ])("tells the server whether there was a session: %s, %s", async (held) => {
    const stops: boolean[] = [];
    const stop = async (wasHeld: boolean) => {
      stops.push(wasHeld);
    };
    const url = held ? direct.url : "postgres://127.0.0.1:1/nowhere";
    running = runDatabase({ ...givenServer(url), stop });
    await inState(held ? "ready" : "away");
    await running.stop();
    expect(stops).toEqual([held]);
    expect(running.database.state.kind).toBe("stopped");
  });

  test("ends every connection", async () => {
    const before = await backends();
    running = runDatabase(direct.url);
    await Promise.all([ask(), ask(), ask()]);
    expect((await backends()).size).toBeGreaterThan(before.size);
    await running.stop();
    await until("the last one's end", async () => (await backends()).size <= before.size);
  });

  test("amid the first connect waits for that, and leaves no connection", async () => {
    const before = await backends();
    const stops: boolean[] = [];
    const given = givenServer(direct.url);
    const ensure = async (signal: AbortSignal) => {
      setImmediate(() => void running.stop());
      return given.ensure(signal);
    };
    const stop = async (held: boolean) => void stops.push(held);
    running = runDatabase({ ...given, ensure, stop });
    await running.stop();
    expect(stops).toHaveLength(1);
    await until("the last one's end", async () => (await backends()).size <= before.size);
  });
});
