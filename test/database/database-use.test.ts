// Work on the database by way of the component: an outage is waited out, any other error thrown.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
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

const soon = () => AbortSignal.timeout(10_000);
const inState = (kind: string) => until(kind, () => running.database.state.kind === kind);
const ask = () =>
  running.database.use(soon(), async ({ pool }) => (await pool.query("SELECT 1 AS one")).rows);
describe("use", () => {
  test("waits for a connection, whatever the server has against a new one", async () => {
    running = runDatabase(direct.url);
    await inState("ready"); // The session is there; the pool has no connection yet.
    const inside = await direct.pool.connect();
    const allow = (isAllowed: boolean) =>
      inside.query("UPDATE pg_database SET datallowconn = $1 WHERE datname = current_database()", [
        isAllowed,
      ]);
    await allow(false); // 55000 for who comes now.
    let calls = 0;
    try {
      const answer = running.database.use(soon(), ({ ledger }) => {
        calls++;
        return ledger.findAll([1]);
      });
      answer.catch(() => {}); // Looked at below.
      await until("a second try", () => calls > 1);
      await allow(true);
      expect(await answer).toEqual([]);
    } finally {
      await allow(true);
      inside.release();
    }
  });

  test("sends the ledger's statement again when its connection was lost amid it", async () => {
    running = runDatabase(proxy.url);
    await ask(); // So that the pool has a connection.
    proxy.holdAnswers();
    const isSent = async () => {
      const text = `SELECT FROM pg_stat_activity WHERE datname = current_database()
                       AND application_name = 'downlink' AND query LIKE 'select %"files"%'`;
      return (await direct.rows(text)).length > 0;
    };
    let calls = 0;
    const found = await running.database.use(soon(), async ({ ledger }) => {
      const answer = ledger.findAll([1]);
      answer.catch(() => {}); // Looked at below.
      if (++calls === 1) {
        await until("the statement at the server", isSent);
        proxy.cut();
      }
      return answer;
    });
    expect(found).toEqual([]);
    expect(calls).toBeGreaterThan(1);
  });

  const failing = (code: string, times: number) => {
    let calls = 0;
    const work = async () => {
      if (++calls <= times) throw Object.assign(new Error("planted"), { code });
      return calls;
    };
    return work;
  };

  test.each(["ECONNRESET", "57P01", "53300", "25006", "40001", "40P01", "55P03", "57014", "25P04"])(
    "tries again after %s",
    async (code) => {
      running = runDatabase(direct.url);
      expect(await running.database.use(soon(), failing(code, 2))).toBe(3);
    },
  );

  const refusals = () => running.messages().filter((message) => message.includes("refuses"));

  test("says that a server which answers refuses a statement, and why", async () => {
    const name = new URL(direct.url).pathname.slice(1);
    await direct.run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    running = runDatabase(direct.url);
    const stopping = new AbortController();
    const reserved = running.database.use(stopping.signal, ({ session }) => session.reserveClaim());
    try {
      await until("the warning", () => refusals().length > 0);
      expect(running.text()).toContain("25006");
      expect(running.database.state.kind).toBe("ready");
    } finally {
      stopping.abort(new Error("stop"));
      await expect(reserved).rejects.toThrow();
      await direct.run(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    }
  });

  test("says so once for all that fail at the same time, and again the next time", async () => {
    running = runDatabase(direct.url);
    const { database } = running;
    const both = [failing("25006", 3), failing("53100", 4)];
    const through = Promise.all(both.map((work) => database.use(soon(), work)));
    await until("the warning", () => refusals().length > 0);
    expect(await ask()).toEqual([{ one: 1 }]); // What only reads goes through, and ends nothing.
    expect(await through).toEqual([4, 5]);
    expect(refusals()).toHaveLength(1);
    await database.use(soon(), failing("53100", 3));
    expect(refusals()).toHaveLength(2);
  });

  test("says nothing of what passes at once, nor of a database that is away", async () => {
    running = runDatabase(proxy.url);
    await running.database.use(soon(), failing("40P01", 1));
    await proxy.close();
    const answer = ask();
    await inState("away");
    await proxy.open();
    expect(await answer).toEqual([{ one: 1 }]);
    expect(refusals()).toEqual([]);
  });

  test.each(["23505", "42P01", "22P02", "XX000"])("throws %s", async (code) => {
    running = runDatabase(direct.url);
    const attempt = running.database.use(soon(), failing(code, 1));
    await expect(attempt).rejects.toMatchObject({ code });
  });

  test("throws the database's own error, and not the one that quotes statement and values", async () => {
    running = runDatabase(direct.url);
    const claimed = { id: -1, name: "secret", sha256: "x", sizeBytes: 1 };
    const wrong = running.database.use(soon(), ({ ledger }) =>
      ledger.enter({ ...claimed, sizeBytes: Number.NaN }),
    );
    await expect(wrong).rejects.toMatchObject({ code: "22P02" });
    await expect(wrong).rejects.not.toThrow("secret");
  });

  test("gives up when it is told to stop, whatever the server does", async () => {
    running = runDatabase(direct.url);
    const stopping = new AbortController();
    const attempt = running.database.use(stopping.signal, () => {
      stopping.abort(new Error("stop"));
      return Promise.reject(Object.assign(new Error("planted"), { code: "ECONNRESET" }));
    });
    await expect(attempt).rejects.toThrow("stop");
  });
});
