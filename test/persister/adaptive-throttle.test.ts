// The throttle that listens, on a real server: what it sees of others, and what it does about it.
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DaemonEvent, Events } from "../../src/observability/events.ts";
import { AdaptiveThrottle } from "../../src/persister/adaptive-throttle.ts";
import { ServerLooker } from "../../src/persister/server-look.ts";
import { lowestShare } from "../../src/persister/throttle-controller.ts";
import type { Component } from "../../src/supervisor/component.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

let migrated: MigratedDatabase;
let clients: pg.Client[];
beforeAll(async () => {
  migrated = await createMigratedDatabase();
});
beforeEach(() => {
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
});
afterAll(() => migrated.drop());

async function other(name = "another user"): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: migrated.url, application_name: name });
  client.on("error", () => {});
  await client.connect();
  clients.push(client);
  return client;
}

/** Keeps a connection at work until the test's end. */
async function work(name?: string): Promise<void> {
  const client = await other(name);
  client.query("SELECT pg_sleep(600)").catch(() => {});
}

// Other tests run on the same server, so that only differences of ours are certain.
describe("a look", () => {
  const looker = new ServerLooker();
  afterAll(() => looker.close());

  test("sees others at work, and those that wait for a lock", async () => {
    const [holder, waiter] = [await other(), await other()];
    await holder.query("BEGIN; LOCK TABLE settings");
    const waiting = waiter.query("SELECT * FROM settings");
    await until("both", async () => {
      const { busy, waiting } = await looker.look(migrated.url);
      return busy >= 1 && waiting >= 1;
    });
    await holder.query("COMMIT");
    await waiting;
  });

  test("takes no connection of a daemon for another user's", async () => {
    const named =
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'downlink x' AND state = 'active'";
    await work("downlink x");
    await until("ours at work", async () => (await migrated.rows(named))[0]?.["count"] === 1);
    await until("a look without others", async () => (await looker.look(migrated.url)).busy === 0);
  });

  test("fails when the server is away, and works when it is back", async () => {
    const proxy = new DatabaseProxy(migrated.url);
    await proxy.open();
    const { url } = proxy;
    await looker.look(url);
    proxy.cut();
    await proxy.close();
    await expect(looker.look(url)).rejects.toThrow();
    await proxy.open();
    expect(await looker.look(url)).toMatchObject({ lagBytes: 0 });
    looker.close();
    await proxy.close();
  });
});

describe("while there is something to write", () => {
  let proxy: DatabaseProxy;
  let running: RunningDatabase;
  let adaptive: AdaptiveThrottle;
  let component: Component;
  let heard: DaemonEvent[];
  let isAdaptive: boolean;
  let finish: () => void;

  beforeEach(async () => {
    proxy = new DatabaseProxy(migrated.url);
    await proxy.open();
    running = runDatabase(proxy.url);
    const { database, log } = running;
    await database.whenReady(AbortSignal.timeout(10_000));
    heard = [];
    const events = new Events(log);
    events.subscribe((event) => heard.push(event));
    isAdaptive = true;
    adaptive = new AdaptiveThrottle({
      database,
      settings: () => ({ rowsPerSecond: 0, pauseMs: 0, adaptive: isAdaptive }),
      whenKnown: async () => {},
      log,
      events,
    });
    component = adaptive.start();
    const written = new Promise<void>((resolve) => {
      finish = resolve;
    });
    void adaptive.throttle.run({ fileId: 1, rows: 1 }, new AbortController().signal, () => written);
  });
  afterEach(async () => {
    finish();
    component.stop();
    expect(await component.exited).toMatchObject({ kind: "shutdown" });
    await running.stop();
    await proxy.close();
  });

  const untilShare = (isRight: (share: number) => boolean) =>
    until("the share", () => isRight(adaptive.decision.share), 20_000);

  test("it gives way to others at work, says so, and switched off it does not", async () => {
    await work();
    await work();
    await untilShare((share) => share === lowestShare);
    expect(heard.at(-1)).toMatchObject({ kind: "throttle_changed", pauseMs: 0 });
    expect(running.text()).toMatch(/"reason":"others [^"]+","msg":"throttle changed"/);
    isAdaptive = false;
    adaptive.settingsChanged();
    expect(adaptive.decision).toEqual({ share: 1, reason: "the adaptive throttle is off" });
  });

  test("one that is off from the start says that it is off", async () => {
    isAdaptive = false;
    await until("its word", () => adaptive.decision.reason === "the adaptive throttle is off");
  });

  test("lost connections are pressure", async () => {
    await proxy.close();
    await untilShare((share) => share === lowestShare);
    expect(adaptive.decision.reason).toBe("connections to the server are lost");
    await proxy.open();
    await untilShare(
      (share) =>
        share > lowestShare || adaptive.decision.reason !== "connections to the server are lost",
    );
  });

  test("so is a transaction that was cut off", async () => {
    adaptive.throttle.cutOff();
    await until("the word of it", () =>
      heard.some(
        (event) =>
          event.kind === "throttle_changed" &&
          event.reason === "connections to the server are lost",
      ),
    );
  });
});
