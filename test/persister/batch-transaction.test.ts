// The one transaction of a batch, when all goes well: rows, rejected lines, counters and checkpoint are in together.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noFaults } from "../../src/observability/fault-points.ts";
import { loadWhole } from "../../src/persister/batch-transaction.ts";
import type { Pacing } from "../../src/persister/throttle.ts";
import { noRest } from "../support/free-throttle.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  badLine,
  batchOf,
  batchOfLines,
  beginPackage,
  chunksOf,
  goodLine,
  goodLines,
  ownerOf,
  stored,
} from "../support/package-fixture.ts";
import { attempt } from "../support/transaction-attempt.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

describe("a batch that is committed", () => {
  test("is in the table with its counts, its checkpoint and its range of times", async () => {
    const row = await beginPackage(database);
    const times = [
      "2024-02-29T12:00:00.000001Z",
      "0001-01-01T00:00:00+15:59",
      "9999-12-31T23:59:59Z",
    ];
    const lines = [...times.map((timestamp) => goodLine({ timestamp })), badLine, "", goodLine()];
    const batch = batchOfLines(lines);
    expect(await attempt(database, ownerOf(row), batch)).toEqual({
      kind: "committed",
      imported: 4,
      rejected: 1,
    });
    expect(await stored(database, row.id)).toEqual({
      status: "processing",
      total: 5,
      imported: 4,
      errors: 1,
      checkpoint: 8,
      lines: [2, 3, 4, 7],
      rejected: [5],
    });
    const [range] = await database.rows(
      `SELECT first_timestamp = (SELECT min(timestamp) FROM telemetry WHERE file_id = $1) AS first,
              last_timestamp = (SELECT max(timestamp) FROM telemetry WHERE file_id = $1) AS last,
              checkpoint_offset::int AS offset, attempts, owner, completed_at FROM files WHERE id = $1`,
      [row.id],
    );
    const { offset } = batch.next;
    expect(range).toEqual({
      first: true,
      last: true,
      offset,
      attempts: 0,
      owner: "test",
      completed_at: null,
    });
  });

  test("goes on where the one before ended, and the last one completes the package", async () => {
    const row = await beginPackage(database);
    const [first, second] = chunksOf([goodLines(3), [badLine, ...goodLines(2)]]).map((chunk) =>
      batchOf([chunk]),
    );
    if (first === undefined || second === undefined) throw new Error("two chunks, two batches");
    await attempt(database, ownerOf(row), first);
    const owner = { ...ownerOf(row), checkpoint: first.next };
    await attempt(database, owner, { ...second, last: true });
    expect(await stored(database, row.id)).toEqual({
      status: "complete",
      total: 6,
      imported: 5,
      errors: 1,
      checkpoint: 8,
      lines: [2, 3, 4, 6, 7],
      rejected: [5],
    });
    const [end] = await database.rows(
      "SELECT owner, completed_at IS NOT NULL AS dated FROM files WHERE id = $1",
      [row.id],
    );
    expect(end).toEqual({ owner: null, dated: true });
  });

  test("widens the range of times, and never narrows it", async () => {
    const row = await beginPackage(database);
    const years = [["2020"], ["2019", "2023"], ["2021"]];
    let owner = ownerOf(row);
    for (const some of years) {
      const lines = some.map((year) => goodLine({ timestamp: `${year}-01-01T00:00:00Z` }));
      const batch = batchOfLines(
        lines,
        false,
        owner.checkpoint.line > 1 ? owner.checkpoint : undefined,
      );
      await attempt(database, owner, batch);
      owner = { ...owner, checkpoint: batch.next };
    }
    const [range] = await database.rows(
      `SELECT extract(year FROM first_timestamp)::int AS first, extract(year FROM last_timestamp)::int AS last
         FROM files WHERE id = $1`,
      [row.id],
    );
    expect(range).toEqual({ first: 2019, last: 2023 });
  });

  test("of rejected lines alone, or of no line at all, moves the checkpoint and no range", async () => {
    const row = await beginPackage(database);
    const rejected = batchOfLines([badLine, badLine]);
    expect(await attempt(database, ownerOf(row), rejected)).toMatchObject({
      imported: 0,
      rejected: 2,
    });
    const blank = batchOfLines(["", " "], true, rejected.next);
    const owner = { ...ownerOf(row), checkpoint: rejected.next };
    expect(await attempt(database, owner, blank)).toMatchObject({ imported: 0, rejected: 0 });
    expect(await stored(database, row.id)).toMatchObject({ status: "complete", checkpoint: 6 });
    const [times] = await database.rows(
      "SELECT first_timestamp AS first, last_timestamp AS last FROM files WHERE id = $1",
      [row.id],
    );
    expect(times).toEqual({ first: null, last: null });
  });
});

describe("beside others", () => {
  const paced: Pacing = { pieceRows: 4_000, rest: () => Promise.resolve(), restedMs: 0 };

  /** What holds in the transaction behind its COPY. */
  async function flushAfter(rows: number, pacing: Pacing): Promise<string | undefined> {
    const row = await beginPackage(database);
    let setting: string | undefined;
    const outcome = await attempt(database, ownerOf(row), batchOfLines(goodLines(rows)), () => ({
      load: async (client, fileId, slices) => {
        await loadWhole(noFaults, pacing)(client, fileId, slices);
        const { rows: settings } = await client.query("SHOW backend_flush_after");
        setting = settings[0]?.backend_flush_after;
      },
    }));
    expect(outcome).toEqual({ kind: "committed", imported: rows, rejected: 0 });
    return setting;
  }

  test("what a large transaction writes goes to the disk by and by", async () => {
    expect(await flushAfter(10_000, paced)).toBe("1MB");
  });

  test("a small one, and one at full speed, ask for nothing", async () => {
    expect(await flushAfter(9_999, paced)).toBe("0");
    expect(await flushAfter(10_000, noRest)).toBe("0");
  });
});
