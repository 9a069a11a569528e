// The command `files` as a process, on a real database.
import { join } from "node:path";
import { getTableColumns } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bringUpToDate } from "../../src/database/migrations.ts";
import { files } from "../../src/database/schema.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { downlink } from "./command-line.ts";
import { completeRow } from "./files/file-row.ts";

let folder: TemporaryFolder;
let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  folder = await makeTemporaryFolder();
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  client.on("error", () => {});
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
  await folder.remove();
});

/** Half a day beyond it, so that the age reads the same however long the test takes. */
const threeDaysAgo = () => new Date(Date.now() - 3.5 * 86_400_000).toISOString();

const run = (...args: string[]) => downlink(["files", ...args], { DATABASE_URL: database.url });

// In this order: each step finds what the one before it has made.
describe("from an empty database to packages", () => {
  test("without tables it says who makes them", async () => {
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      "downlink: the database has no tables yet: start the daemon once with npm start\n",
    );
  });

  test("without packages it says what to do next; JSON is an empty array", async () => {
    await bringUpToDate(client);
    const [table, json] = await Promise.all([run(), run("--json")]);
    expect(table).toMatchObject({ exitCode: 0, stderr: "" });
    expect(table.stdout).toContain("npx downlink simulate --satellite jackal_mk1 --lines 1000");
    expect(json).toMatchObject({ exitCode: 0, stdout: "[]\n" });
  });

  test("packages are listed newest first, without colours in a pipe", async () => {
    const { id: _, ...row } = { ...completeRow, insertedAt: threeDaysAgo() };
    const evil = { ...row, name: "\u001b[31mred", sha256: "01", status: "failed" as const };
    await drizzle(client)
      .insert(files)
      .values([row, { ...evil, error: "given up" }]);
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      id  name           satellite   status    lines  imported  errors  data time                     claimed
       2  \\u001b[31mred  jackal_mk1  failed    1,000       990      10  2024-05-01 12:00:00–12:01:40  3 d ago
          given up
       1  a.ndjson       jackal_mk1  complete  1,000       990      10  2024-05-01 12:00:00–12:01:40  3 d ago
      "
    `);
  });

  test("--limit says how many, and that there are more", async () => {
    const { stdout, stderr } = await run("--limit", "1");
    expect(stdout).toContain("given up");
    expect(stdout).not.toContain("a.ndjson");
    expect(stderr).toContain("older packages are not shown");
  });

  test("JSON has the columns of the table, and times to the microsecond", async () => {
    const { stdout } = await run("--json");
    const [failed, complete, ...rest] = JSON.parse(stdout);
    expect(rest).toEqual([]);
    const names = Object.values(getTableColumns(files)).map(({ name }) => name);
    expect(Object.keys(complete)).toEqual(names);
    expect(complete).toMatchObject({
      id: 1,
      satellite_type: "jackal_mk1",
      header: { satellite_type: "jackal_mk1" },
      total_lines: 1_000,
      first_timestamp: "2024-05-01T12:00:00.250000Z",
      last_timestamp: "2024-05-01T12:01:40.000001Z",
      duplicate_of: null,
    });
    expect(failed.name).toBe("\u001b[31mred");
    expect(stdout).not.toContain("\u001b");
  });
});

describe("among many packages", () => {
  beforeAll(async () => {
    const { id: _, ...row } = completeRow;
    const many = Array.from({ length: 10 }, (__, at) => ({
      ...row,
      name: `many-${at}`,
      sha256: `many-${at}`,
      satelliteType: at % 2 === 0 ? "jackal_mk1" : "jackal_mk2",
      status: at === 4 ? ("failed" as const) : ("complete" as const),
      insertedAt: `2024-07-${String(at + 1).padStart(2, "0")}T00:00:00Z`,
    }));
    await drizzle(client).insert(files).values(many);
  });
  const names = async (...args: string[]) => {
    const { exitCode, stdout } = await run("--name", "many-", "--json", ...args);
    expect(exitCode).toBe(0);
    const rows: { name: string }[] = JSON.parse(stdout);
    return rows.map(({ name }) => Number(name.slice("many-".length)));
  };

  test.each([
    [["--status", "failed"], [4]],
    [
      ["--satellite", "jackal_mk2"],
      [9, 7, 5, 3, 1],
    ],
    [
      ["--since", "2024-07-08T02:00+02:00"],
      [9, 8, 7],
    ],
    [["--since", "2024-07-08", "--satellite", "jackal_mk1"], [8]],
    [
      ["--limit", "2"],
      [9, 8],
    ],
  ])("%j finds %j, the newest first", async (args, expected) => {
    expect(await names(...args)).toEqual(expected);
  });

  test("a page goes on where another ended, in both directions", async () => {
    const first: { id: number }[] = JSON.parse((await run("--limit", "3", "--json")).stdout);
    const oldest = String(first.at(-1)?.id);
    expect(await names("--limit", "3", "--before", oldest)).toEqual([6, 5, 4]);
    expect(await names("--limit", "1", "--after", oldest)).toEqual([8]);
    const { stderr } = await run("--limit", "3");
    expect(stderr).toContain(`--before ${oldest}`);
  });

  test("none is said, and no error", async () => {
    const { exitCode, stdout } = await run("--name", "no such name");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "No packages are like that.\n" });
  });
});

describe("a database that cannot be reached is one line and exit code 1", () => {
  test("the embedded one: the daemon is not running", async () => {
    const outcome = await downlink(["files"], { DOWNLINK_DATA_DIR: join(folder.path, "none") });
    const stderr = "downlink: the daemon is not running; start it with npm start\n";
    expect(outcome).toEqual({ exitCode: 1, signal: null, stdout: "", stderr });
  });

  test.each([
    [
      "nobody listens",
      (url: URL) => {
        url.port = "1";
      },
    ],
    [
      "no such database",
      (url: URL) => {
        url.pathname = "/nowhere";
      },
    ],
    [
      "no such user",
      (url: URL) => {
        url.username = "nobody";
      },
    ],
  ])("another one, without its password: %s", async (_, change) => {
    const url = new URL(database.url);
    change(url);
    const { exitCode, stdout, stderr } = await downlink(["files"], { DATABASE_URL: url.href });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(
      /^downlink: the database at postgres:\/\/[^\n]+ cannot be reached \([^\n]+\)\n$/,
    );
    expect(stderr).not.toContain(url.password);
  });
});
