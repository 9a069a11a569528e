// A daemon with a role of its own on a good day and on bad ones: it has no more rights than docs/guarantees.md gives it,
// settings that nobody would choose, and a password that must not be found in anything the daemon says.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { filesIn, TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { LedgerCheck } from "../support/ledger-check.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { samplePackage } from "../support/sample-package.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";

const role = `daemon_${process.pid}`;
const canary = "canary/pässword:7f3a";
let database: MigratedDatabase;
let check: LedgerCheck;
let folder: TemporaryFolder;
let daemon: TestDaemon;

/** The statements of the page, for this test's role. */
async function grants(): Promise<string> {
  const page = await readFile(new URL("../../docs/guarantees.md", import.meta.url), "utf8");
  const [, statements = ""] = /## The rights .*?```sql\n(.*?)```/s.exec(page) ?? [];
  return statements.replaceAll("downlink_daemon", role).replace("choose one", canary);
}

const oddSettings = [
  "timezone = 'Asia/Kathmandu'",
  "datestyle = 'SQL, DMY'",
  "intervalstyle = 'sql_standard'",
  "client_encoding = 'LATIN1'",
  "search_path = 'nowhere'",
  "bytea_output = 'escape'",
  "extra_float_digits = -15",
  "default_transaction_isolation = 'serializable'",
];

const connectionsOf =
  "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1";

/** Locks the role out by a change to it, and ends its connections; then lets it in again. */
async function lockedOut(change: string, back: string, meanwhile: () => Promise<void>) {
  await database.run(`ALTER ROLE ${role} ${change}`);
  await database.rows(connectionsOf, [role]);
  await meanwhile();
  await database.run(`ALTER ROLE ${role} ${back}`);
}

beforeAll(async () => {
  [database, folder] = await Promise.all([createMigratedDatabase(), makeTemporaryFolder()]);
  check = new LedgerCheck(database.url);
  await database.run(await grants());
  for (const setting of oddSettings) await database.run(`ALTER ROLE ${role} SET ${setting}`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, encodeURIComponent(canary)];
  daemon = new TestDaemon({
    dir: folder.path,
    env: { DATABASE_URL: url.href, DOWNLINK_LOG_LEVEL: "trace", DOWNLINK_BATCH_ROWS: "30" },
  });
  await daemon.ready();
});
afterAll(async () => {
  if (daemon.isRunning) await daemon.stop();
  await check.end();
  await database.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await Promise.all([database.drop(), folder.remove()]);
});

let dropped = 0;
async function load(name: string, bytes: Buffer | string): Promise<void> {
  await drop(folder.path, name, bytes);
  dropped += 1;
}

test("S8, D25: these rights are enough for packages of every kind, whatever the role's settings", async () => {
  const samples = (["jackal_mk1", "jackal_mk2"] as const).map((satelliteType, seed) =>
    samplePackage({ satelliteType, lines: 100, badEvery: 9, seed }),
  );
  for (const [at, { bytes }] of samples.entries()) await load(`good ${at}`, bytes);
  await load("refused", "no header");
  await check.ended(dropped);
  await load("duplicate", samples[0]?.bytes ?? "");
  await load("refused again", "no header"); // Takes the row of the first one up again.
  dropped -= 1;
  await check.ended(dropped);
  for (const sample of samples) await check.expectLoaded(sample);
  await check.expectInvariants();
  expect(daemon.stdout).not.toContain("permission denied");
});

test.each([
  ["D26: a wrong password", "PASSWORD 'another'", `PASSWORD '${canary}'`],
  ["53300: too many connections", "CONNECTION LIMIT 0", "CONNECTION LIMIT -1"],
])(
  "%s for a while: told once, nothing is claimed, and then all goes on",
  async (name, ...changes) => {
    const away = daemon.log.filter(({ msg }) => msg === "database away, waiting for it").length;
    const sample = samplePackage({ lines: 50, seed: 10 + dropped });
    await atRest(folder.path);
    await lockedOut(...changes, async () => {
      await daemon.logged("database away, waiting for it", away + 1);
      await load(name.slice(0, 3), sample.bytes);
      const tries = "SELECT FROM pg_stat_activity WHERE usename = $1";
      expect(await check.query(tries, [role])).toEqual([]);
      expect((await filesIn(folder.path))["processing"]).toEqual([]);
    });
    await check.ended(dropped);
    await check.expectLoaded(sample);
    expect(daemon.log.filter(({ msg }) => msg === "database away, waiting for it")).toHaveLength(
      away + 1,
    );
  },
);

const nasty = "\u001b]0;x\u0007\u001b[31m\u009b2J\r\u202egnp\u2066\u200f";

test("S9, F25: names and telemetry are data: escaped in the log, one line for each event", async () => {
  const line = JSON.stringify({ timestamp: nasty, velocity: nasty, instrument1: nasty });
  await load(
    `good\n${nasty}"'<b>%2e%2e`,
    `{"satellite_type":"jackal_mk1","x":"${"y".repeat(9)}"}\n${line}\n${nasty}`,
  );
  await load(`-rf refused\n${nasty}`, JSON.stringify({ satellite_type: nasty }));
  await load(`no JSON\u2028${nasty}`, `${nasty}\n`);
  await check.ended(dropped);
  const loaded = `good\n${nasty}"'<b>%2e%2e`;
  await until("its line in the log", () => daemon.log.some(({ name }) => name === loaded));
  expect(daemon.stdout.replaceAll("\n", "").match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu)).toBeNull();
  expect(daemon.stdout.split("\n").filter(Boolean)).toHaveLength(daemon.log.length);
});

test("S10: the password is in nothing that the daemon has said, on no day", async () => {
  expect(await daemon.stop()).toBe(0);
  const said = daemon.stdout + daemon.stderr;
  expect(said).toContain(`${role}@`); // The URL is shown, without it.
  for (const form of [canary, encodeURIComponent(canary), encodeURI(canary), "canary", "7f3a"]) {
    expect(said.includes(form), form).toBe(false);
  }
});
