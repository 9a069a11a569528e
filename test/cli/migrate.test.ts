// The command `migrate`: makes the schema, says what it did, and does it once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { testPool } from "../support/test-pool.ts";
import { downlink } from "./command-line.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const run = (...args: string[]) => downlink(["migrate", ...args], { DATABASE_URL: database.url });

test("the first of three at once applies the migrations, the others wait and find them done", async () => {
  const outcomes = await Promise.all([run("--json"), run("--json"), run("--json")]);
  expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
    outcomes.map(() => [0, ""]),
  );
  const answers = outcomes.map(({ stdout }) => JSON.parse(stdout));
  const applied = answers.filter((one) => one.applied.length > 0);
  expect(applied).toHaveLength(1);
  expect(applied[0].applied[0]).toBe("0000_ledger_and_readings");
  expect(new Set(answers.map(({ schema }) => schema))).toEqual(
    new Set([applied[0].applied.at(-1)]),
  );
});

test("on a schema that is up to date it says so", async () => {
  const { exitCode, stdout } = await run();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^The schema is up to date \(\d{4}_\w+\)\.\n$/);
});

test("a schema of a newer downlink is refused, and left as it is", async () => {
  const pool = testPool(database.url);
  await pool.query(
    "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 9e15)",
  );
  await pool.end();
  const { exitCode, stderr } = await run();
  expect(exitCode).toBe(2);
  expect(stderr).toContain("upgrade downlink");
});

test("without a database it says how to come by one", async () => {
  const outcome = await downlink(["migrate"], { DOWNLINK_DATA_DIR: "/nonexistent" });
  expect(outcome).toMatchObject({
    exitCode: 1,
    stderr: "downlink: the daemon is not running; start it with npm start\n",
  });
});
