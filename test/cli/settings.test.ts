// The command `settings` as a process, on a real database.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { downlink } from "./command-line.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const run = (...args: string[]) =>
  downlink(["settings", ...args], { DATABASE_URL: database.url, DOWNLINK_MAX_PACKAGES: "6" });

// In this order: each step finds what the one before it has made.
test("what is not set is as the environment says", async () => {
  const { exitCode, stdout, stderr } = await run();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(`\n${stdout}`).toMatchInlineSnapshot(`
    "
    name             value  from         set at (UTC)  note
    rows_per_second      0  environment  -             -
    adaptive            on  environment  -             -
    max_packages         6  environment  -             -
    batch_rows       50000  environment  -             -
    pause_ms             0  environment  -             -
    "
  `);
  expect((await run("max_packages")).stdout).toBe("6\n");
});

test("a value is set with its note, and stands in the database", async () => {
  const { exitCode, stdout } = await run("rows_per_second", "500", "--note", "a \u001b[31mreport");
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "500\n" });
  expect(await database.rows("SELECT name, value, note FROM settings")).toEqual([
    { name: "rows_per_second", value: "500", note: "a \u001b[31mreport" },
  ]);
  const [table, json, all] = await Promise.all([
    run(),
    run("rows_per_second", "--json"),
    run("--json"),
  ]);
  expect(table.stdout).toMatch(
    /rows_per_second {4}500 {2}table {8}\d{4}-\d\d-\d\d \d\d:\d\d {2}a \\u001b\[31mreport/,
  );
  const one = JSON.parse(json.stdout);
  expect(one).toMatchObject({ name: "rows_per_second", value: "500", from: "table" });
  expect(one.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(JSON.parse(all.stdout)).toHaveLength(5);
  expect(JSON.parse(all.stdout)).toContainEqual(one);
});

test("--unset goes back to the environment's, also where nothing was set", async () => {
  expect(await run("rows_per_second", "--unset")).toMatchObject({ exitCode: 0, stdout: "0\n" });
  expect(await run("pause_ms", "--unset")).toMatchObject({ exitCode: 0, stdout: "0\n" });
  expect(await database.rows("SELECT name FROM settings")).toEqual([]);
});

test.each([
  [["speed"], '"speed" is not a setting; settings are rows_per_second, adaptive'],
  [["pause_ms", "1s"], 'pause_ms got "1s", takes a whole number of ms, 0 to 60000'],
  [["pause_ms", "1", "--unset"], "--unset takes the name of a setting, and no value"],
  [["--unset"], "--unset takes the name of a setting, and no value"],
  [["pause_ms", "--note", "x"], "--note goes with a new value"],
])("%j is wrong use", async (args, words) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(words);
  expect(await database.rows("SELECT name FROM settings")).toEqual([]);
});
