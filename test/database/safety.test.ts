// Settings under which a commit may be lost. The tests' own server does without fsync, so one finding is always there.
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bringUpToDate } from "../../src/database/migrations.ts";
import { refuseUnsafe, unsafeSettings } from "../../src/database/safety.ts";
import { SetupError } from "../../src/errors.ts";
import { runDatabase } from "../support/running-database.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

let own: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  own = await createTestDatabase();
  client = new pg.Client(own.url);
  await client.connect();
  await bringUpToDate(client);
});

afterAll(async () => {
  await client.end();
  await own.drop();
});

test("synchronous_commit off, for this role and database, is found", async () => {
  expect(await unsafeSettings(client)).not.toContain("synchronous_commit is off");
  await client.query("SET synchronous_commit = off");
  expect(await unsafeSettings(client)).toContain("synchronous_commit is off");
  await client.query("SET synchronous_commit = local");
  expect(await unsafeSettings(client)).not.toContain("synchronous_commit is off");
});

test.each(["files", "telemetry", "rejected_lines"])(
  "table %s without a log is found",
  async (table) => {
    const name = client.escapeIdentifier(table);
    await client.query("ALTER TABLE ".concat(name, " SET UNLOGGED"));
    expect(await unsafeSettings(client)).toContain(`table ${table} is unlogged`);
    await client.query("ALTER TABLE ".concat(name, " SET LOGGED"));
    expect(await unsafeSettings(client)).not.toContain(`table ${table} is unlogged`);
  },
);

test("each finding is named in the refusal, and nothing is refused without one", () => {
  expect(() => refuseUnsafe(["fsync is off", "table files is unlogged"])).toThrow(
    /fsync is off, table files is unlogged.*DOWNLINK_ALLOW_UNSAFE_DATABASE/,
  );
  expect(() => refuseUnsafe([])).not.toThrow();
});

test("an unsafe server is refused; where it is allowed it is told once", async () => {
  const findings = await unsafeSettings(client);
  const refused = runDatabase(own.url, "refused", false);
  const allowed = runDatabase(own.url, "allowed", true);
  try {
    const soon = AbortSignal.timeout(10_000);
    const expected = findings.length > 0 ? expect.any(SetupError) : undefined;
    expect(
      await refused.database.whenReady(soon).then(
        () => undefined,
        (error: unknown) => error,
      ),
    ).toEqual(expected);
    await allowed.database.whenReady(soon);
    const warnings = allowed.messages().filter((message) => message.includes("may lose"));
    expect(warnings).toHaveLength(findings.length > 0 ? 1 : 0);
  } finally {
    await refused.stop();
    await allowed.stop();
  }
});
