// Settings that change while a daemon runs: heard at once, found by looking where nothing is heard, and never worse than
// before for what is not valid.
import { drizzle } from "drizzle-orm/node-postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DaemonEvent, Events } from "../../src/observability/events.ts";
import { LiveSettings } from "../../src/settings/live-settings.ts";
import type { Settings } from "../../src/settings/setting.ts";
import { readSettings, unsetSetting, writeSetting } from "../../src/settings/settings-table.ts";
import type { Component } from "../../src/supervisor/component.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";
import { until } from "../support/until.ts";

const start: Settings = {
  rowsPerSecond: 0,
  adaptive: true,
  maxPackages: 4,
  batchRows: 50_000,
  pauseMs: 0,
};
const hour = 3_600_000;

let migrated: MigratedDatabase;
let proxy: DatabaseProxy;
let running: RunningDatabase;
let settings: LiveSettings;
let component: Component;
let heard: DaemonEvent[];

beforeEach(async () => {
  migrated = await createMigratedDatabase();
  proxy = new DatabaseProxy(migrated.url);
  await proxy.open();
  running = runDatabase(proxy.url);
  heard = [];
});
afterEach(async () => {
  component.stop();
  expect(await component.exited).toMatchObject({ kind: "shutdown" });
  await running.stop();
  await proxy.close();
  await migrated.drop();
});

/** Runs the component, and waits until it has read the table. */
async function run(pollMs: number): Promise<void> {
  const { database, log } = running;
  const events = new Events(log);
  events.subscribe((event) => heard.push(event));
  settings = new LiveSettings({ database, start, log, events, pollMs });
  component = settings.start();
  await settings.whenRead(AbortSignal.timeout(10_000));
}

const untilCurrent = (wanted: Partial<Settings>) =>
  until(JSON.stringify(wanted), () => {
    const entries = Object.entries({ ...settings.current, ...wanted });
    return entries.every(([name, value]) => Object(settings.current)[name] === value);
  });

const psql = (statement: string) => migrated.run(statement);

describe("a change is heard, without a look", () => {
  beforeEach(() => run(hour));

  test("by whomever it is made, and back to the environment's value when its row goes", async () => {
    expect(settings.current).toEqual(start);
    await psql("INSERT INTO settings (name, value) VALUES ('rows_per_second', '5000')");
    await untilCurrent({ rowsPerSecond: 5_000 });
    await writeSetting(drizzle(migrated.pool), "adaptive", "off", "while the report is made");
    await untilCurrent({ rowsPerSecond: 5_000, adaptive: false });
    await psql("UPDATE settings SET value = 7000 WHERE name = 'rows_per_second'");
    await untilCurrent({ rowsPerSecond: 7_000 });
    expect(await unsetSetting(drizzle(migrated.pool), "adaptive")).toBe(true);
    await untilCurrent({ adaptive: true });
    await psql("TRUNCATE settings");
    await untilCurrent(start);
    expect(heard).toMatchObject([
      { kind: "settings_changed", names: ["rows_per_second"] },
      { names: ["adaptive"] },
      { names: ["rows_per_second"] },
      { names: ["adaptive"] },
      { names: ["rows_per_second"] },
    ]);
  });

  test("a transaction that changes several is one change", async () => {
    await psql(`INSERT INTO settings (name, value) VALUES ('max_packages', '2'), ('batch_rows', '10'),
                ('pause_ms', '40')`);
    await untilCurrent({ pauseMs: 40 });
    expect(settings.current).toEqual({ ...start, maxPackages: 2, batchRows: 10, pauseMs: 40 });
    expect(heard).toHaveLength(1);
  });
});

test("the table wins from the first look on", async () => {
  await writeSetting(drizzle(migrated.pool), "batch_rows", "7");
  await run(hour);
  expect(settings.current.batchRows).toBe(7);
});

test("what nobody announces is found by looking", async () => {
  await psql("ALTER TABLE settings DISABLE TRIGGER settings_announce");
  await run(20);
  await psql("INSERT INTO settings (name, value) VALUES ('pause_ms', '40')");
  await untilCurrent({ pauseMs: 40 });
});

test("after a lost connection changes are heard again, those made meanwhile too", async () => {
  await run(50);
  await proxy.close();
  await until("the loss", () => running.database.state.kind === "away");
  await psql("INSERT INTO settings (name, value) VALUES ('max_packages', '9')");
  expect(settings.current).toEqual(start);
  await proxy.open();
  await untilCurrent({ maxPackages: 9 });
  const listening =
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
  await until("a listener", async () => (await migrated.rows(listening)).length === 1);
});

describe("what is not valid", () => {
  /** As a future version might leave it, or somebody who took the check away. */
  const uncheck = () => psql("ALTER TABLE settings DROP CONSTRAINT settings_value_valid");

  test("is told once, and the value before it stays", async () => {
    await run(10);
    await psql("INSERT INTO settings (name, value) VALUES ('max_packages', '8')");
    await untilCurrent({ maxPackages: 8 });
    await uncheck();
    await psql("UPDATE settings SET value = 'many' WHERE name = 'max_packages'");
    await until("the word of it", () => running.text().includes('max_packages got \\"many\\"'));
    await psql("INSERT INTO settings (name, value) VALUES ('colour', 'red'), ('pause_ms', '40')");
    await untilCurrent({ pauseMs: 40, maxPackages: 8 });
    await psql("UPDATE settings SET value = '50' WHERE name = 'pause_ms'");
    await untilCurrent({ pauseMs: 50, maxPackages: 8 });
    const told = running.messages().filter((message) => message === "a setting is ignored");
    expect(told).toHaveLength(2); // One for each row, however often it is read.
    await psql("UPDATE settings SET value = '3' WHERE name = 'max_packages'");
    await untilCurrent({ maxPackages: 3 });
  });

  test("at the start leaves the environment's value", async () => {
    await uncheck();
    await psql("INSERT INTO settings (name, value) VALUES ('batch_rows', '0'), ('pause_ms', '1')");
    await run(hour);
    expect(settings.current).toEqual({ ...start, pauseMs: 1 });
  });

  test("a table that cannot be read is told once, and all values stay", async () => {
    await run(10);
    await psql("ALTER TABLE settings RENAME TO kept");
    await until("the word of it", () => running.text().includes("cannot be read"));
    expect(settings.current).toEqual(start);
    await psql("INSERT INTO kept (name, value) VALUES ('pause_ms', '40')");
    await psql("ALTER TABLE kept RENAME TO settings");
    await untilCurrent({ pauseMs: 40 });
    const lines = running
      .text()
      .split("\n")
      .filter((line) => line.includes("cannot be read"));
    expect(lines.filter((line) => line.includes('"level":40'))).toHaveLength(1);
  });
});

describe("the table", () => {
  beforeEach(() => run(hour));

  test("is read with notes and times, which are the database's", async () => {
    await writeSetting(drizzle(migrated.pool), "pause_ms", "40", "night shift");
    await psql(
      "INSERT INTO settings (name, value, updated_at) VALUES ('adaptive', 'off', '1999-01-01')",
    );
    const rows = await readSettings(drizzle(migrated.pool));
    expect(rows).toEqual([
      { name: "adaptive", value: "off", note: null, updatedAt: expect.any(String) },
      { name: "pause_ms", value: "40", note: "night shift", updatedAt: expect.any(String) },
    ]);
    for (const { updatedAt } of rows) {
      expect(updatedAt).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }
  });

  test("takes nothing that is not valid", async () => {
    const written = writeSetting(drizzle(migrated.pool), "pause_ms", "soon");
    await expect(written).rejects.toMatchObject({
      code: "E_INVALID_SETTING",
      message: 'pause_ms got "soon", takes a whole number of ms, 0 to 60000',
    });
    expect(await readSettings(drizzle(migrated.pool))).toEqual([]);
    expect(await unsetSetting(drizzle(migrated.pool), "pause_ms")).toBe(false);
  });
});
