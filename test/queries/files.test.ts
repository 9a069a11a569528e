// Packages as they are listed, and the story of one: filters, pages, times.
import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFileStory } from "../../src/queries/file-story.ts";
import { type FileFilter, findFiles } from "../../src/queries/find-files.ts";
import type { Queryable } from "../../src/queries/queryable.ts";
import { findRejects } from "../../src/queries/rejects.ts";
import { totalsSince } from "../../src/queries/totals.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { makePackage, rejectLines } from "./rows.ts";

let database: MigratedDatabase;
let db: Queryable;
const ids: number[] = [];

beforeAll(async () => {
  database = await createMigratedDatabase();
  db = drizzle(database.pool);
  const made = [
    { name: "Morning.ndjson", insertedAt: "2024-06-01T06:00:00Z", readings: 3 },
    { name: "100%_odd.ndjson", insertedAt: "2024-06-02T06:00:00Z", satelliteType: "jackal_mk2" },
    { name: "bad.txt", insertedAt: "2024-06-03T06:00:00Z", status: "failed", error: "no header" },
    { name: "again", insertedAt: "2024-06-04T06:00:00Z", status: "duplicate", duplicateOf: 1 },
  ] as const;
  for (const one of made) ids.push(await makePackage(database, one));
  await rejectLines(database, 2, ["wrong_type", "invalid_json", "wrong_type"]);
});
afterAll(() => database.drop());

const found = async (filter: FileFilter): Promise<number[]> =>
  (await findFiles(db, { ...filter, limit: 10 })).files.map(({ id }) => id);

describe("packages are found", () => {
  test.each<[string, FileFilter, number[]]>([
    ["the newest first", {}, [4, 3, 2, 1]],
    ["by status", { status: "failed" }, [3]],
    ["by satellite type", { satelliteType: "jackal_mk2" }, [2]],
    ["by a part of the name, whatever its case", { name: "MORN" }, [1]],
    ["by signs that are patterns elsewhere", { name: "%_" }, [2]],
    ["claimed since a time, that time included", { since: "2024-06-03T08:00:00+02:00" }, [4, 3]],
    ["claimed before a time", { until: "2024-06-02T06:00:00Z" }, [1]],
    ["by all of it together", { status: "complete", since: "2024-06-02T00:00:00Z" }, [2]],
  ])("%s", async (_, filter, expected) => {
    expect(ids).toEqual([1, 2, 3, 4]);
    expect(await found(filter)).toEqual(expected);
  });

  test("page by page, and new ones move nothing", async () => {
    const first = await findFiles(db, { limit: 2 });
    expect([first.files.map(({ id }) => id), first.next]).toEqual([[4, 3], 3]);
    const second = await findFiles(db, { limit: 2, after: 3 });
    expect([second.files.map(({ id }) => id), second.next]).toEqual([[2, 1], null]);
  });

  test.each([
    [{ sort: "name", order: "asc" }, ["100%_odd.ndjson", "Morning.ndjson", "again", "bad.txt"]],
    [
      { sort: "importedLines", order: "desc" },
      ["Morning.ndjson", "again", "bad.txt", "100%_odd.ndjson"],
    ],
    [{ sort: "errors", order: "asc" }, ["Morning.ndjson", "100%_odd.ndjson", "bad.txt", "again"]],
    [{ sort: "id", order: "asc" }, ["Morning.ndjson", "100%_odd.ndjson", "bad.txt", "again"]],
  ] as const)("in the order %j, page by page, each once", async (order, expected) => {
    const names: string[] = [];
    for (let after: number | undefined; ; ) {
      const { files, next } = await findFiles(db, { ...order, after, limit: 1 });
      names.push(...files.map(({ name }) => name));
      if (next === null) break;
      after = next;
    }
    expect(names).toEqual(expected);
  });

  test("with times in ISO 8601, and null where there is none", async () => {
    const [morning] = (await findFiles(db, { name: "morning", limit: 1 })).files;
    expect(morning).toMatchObject({
      insertedAt: "2024-06-01T06:00:00.000000Z",
      firstTimestamp: "2024-05-01T12:00:00.000000Z",
      lastTimestamp: "2024-05-01T12:00:02.000000Z",
      completedAt: null,
    });
  });
});

describe("the story of a package", () => {
  test("counts its rejected lines by reason, the most frequent first", async () => {
    const story = await findFileStory(db, 2);
    expect(story?.rejectsByReason).toEqual([
      { reason: "wrong_type", count: 2 },
      { reason: "invalid_json", count: 1 },
    ]);
  });

  test("names the packages with the same bytes", async () => {
    expect((await findFileStory(db, 1))?.duplicates).toEqual([4]);
  });

  test("is undefined where there is no package", async () => {
    expect(await findFileStory(db, 99)).toBeUndefined();
  });
});

describe("rejected lines", () => {
  const query = { fileId: 2, limit: 2, mostRawBytes: 5 };

  test("come page by page in the order of the file, their bytes cut", async () => {
    const page = await findRejects(db, query);
    expect(page.next).toBe(3);
    expect(page.rejects).toMatchObject([
      { line: 2, byteOffset: 0, reason: "wrong_type", rawBytes: 10, raw: Buffer.from('{"lin') },
      { line: 3, byteOffset: 10, reason: "invalid_json", detail: null },
    ]);
    const rest = await findRejects(db, { ...query, after: 3 });
    expect([rest.rejects.map(({ line }) => line), rest.next]).toEqual([[4], null]);
  });

  test("are found by reason", async () => {
    const page = await findRejects(db, { ...query, reason: "invalid_json" });
    expect(page.rejects.map(({ line }) => line)).toEqual([3]);
  });
});

test("totals count what was claimed since a moment, by status", async () => {
  expect(await totalsSince(db, "2024-06-01T00:00:00Z")).toEqual({
    packages: { processing: 0, complete: 2, failed: 1, duplicate: 1 },
    sizeBytes: 400,
    totalLines: 3,
    importedLines: 3,
    errors: 0,
  });
  expect((await totalsSince(db, "2024-06-05T00:00:00Z")).packages.complete).toBe(0);
});
