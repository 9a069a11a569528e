// Rejected lines beyond the cap per file are counted and not stored: the first ones of the file stand in the table,
// over batches and runs of the package, and the count is exact.
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCommitter } from "../support/committer-fixture.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import {
  afterHeader,
  badLine,
  batchOf,
  beginPackage,
  chunksOf,
  goodLine,
  ownerOf,
  stored,
} from "../support/package-fixture.ts";
import { type RunningDatabase, runDatabase } from "../support/running-database.ts";

let database: MigratedDatabase;
let running: RunningDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
  running = runDatabase(database.url);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});

const tenLines = [badLine, badLine, badLine, goodLine(), badLine, "", badLine, goodLine(), badLine];
const cap = 8;

/** Three batches with six rejected lines each: lines 2, 3, 4, 6, 8, 10, then 11, 12… */
const batches = () => chunksOf([tenLines, tenLines, tenLines]).map((chunk) => batchOf([chunk]));

async function loadAll(withNewRuns: boolean): Promise<number> {
  const row = await beginPackage(database);
  let owner = ownerOf(row);
  for (const batch of batches()) {
    const { committer } = makeCommitter(running, undefined, { maxRejectsStored: cap });
    const outcome = await committer.commit(owner, batch);
    if (outcome.kind !== "committed") throw new Error(`not committed: ${outcome.kind}`);
    owner = outcome.owner;
    const next = withNewRuns ? await database.ledger.own(row.id, 20) : undefined;
    if (next !== undefined) owner = ownerOf(next);
  }
  return row.id;
}

test.each([
  ["in one run", false],
  ["with a new run for each batch", true],
])("the first rejected lines are stored, all are counted, %s", async (_, withNewRuns) => {
  const fileId = await loadAll(withNewRuns);
  expect(await stored(database, fileId)).toMatchObject({
    total: 24,
    imported: 6,
    errors: 18,
    rejected: [2, 3, 4, 6, 8, 10, 11, 12],
  });
  expect(await database.ledger.hasAllRejectsWhole(fileId)).toBe(false);
});

test("a cap of nothing stores nothing, and counts all the same", async () => {
  const row = await beginPackage(database);
  const { committer } = makeCommitter(running, undefined, { maxRejectsStored: 0 });
  const [batch] = batches();
  if (batch === undefined) throw new Error("no batch");
  const outcome = await committer.commit(ownerOf(row), batch);
  expect(outcome).toMatchObject({ rejected: 6, owner: { errors: 6 } });
  expect(await stored(database, row.id)).toMatchObject({ errors: 6, rejected: [] });
});

test("a rejected line is stored with its place in the file, its reason and its bytes", async () => {
  const row = await beginPackage(database);
  const lines = ["", `${badLine} \u{1f6f0}\u2028`, goodLine({ instrument2: 7 })];
  const { committer } = makeCommitter(running);
  await committer.commit(ownerOf(row), batchOf(chunksOf([lines])));
  const rows = await database.rows(
    `SELECT line, byte_offset::int AS offset, reason, detail, convert_from(raw, 'UTF8') AS raw
       FROM rejected_lines WHERE file_id = $1 ORDER BY line`,
    [row.id],
  );
  const offset = afterHeader.offset + 1;
  const [, first = "", second = ""] = lines;
  expect(rows).toEqual([
    { line: 3, offset, reason: "invalid_json", detail: expect.anything(), raw: first },
    {
      line: 4,
      offset: offset + Buffer.byteLength(first) + 1,
      reason: "wrong_type",
      detail: "instrument2",
      raw: second,
    },
  ]);
});
