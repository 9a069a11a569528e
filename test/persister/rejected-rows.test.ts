// A rejected line is stored with its bytes, whatever they are, and where they lie in the file.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRows } from "../../src/persister/copy-stream.ts";
import { copyRejected, encodeRejected, rejectedLines } from "../../src/persister/rejected-rows.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { batchOf, chunkOf, goodLine, range } from "../support/package-fixture.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const lineFeed = 10;
const anyBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: "binary", minLength: 1 }).map((text) => Buffer.from(text)),
  fc.constantFrom(goodLine({ instrument1: "\0" }), goodLine({ ts: "\ud800" })).map((text) => {
    return Buffer.from(text);
  }),
);
/** Its first byte makes sure that the line is no JSON, and not blank. */
const anyRejected = anyBytes.map((bytes) =>
  Buffer.concat([Buffer.from("#"), bytes.filter((byte) => byte !== lineFeed)]),
);

let nextFileId = 1;

test("any bytes come back as they were, at their place in the file", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyRejected, { minLength: 1, maxLength: 200, size: "max" }),
      async (lines) => {
        const fileId = nextFileId++;
        const source = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
        const chunk = chunkOf(lines, { line: 2, offset: 0 });
        const rejected = rejectedLines(batchOf([chunk]), lines.length);
        const client = await database.pool.connect();
        const pieces = rejected.map((line) => ({ rows: 1, bytes: encodeRejected(fileId, line) }));
        await copyRows(client, copyRejected, pieces);
        client.release();
        const rows = await database.rows<{ line: number; offset: number; raw: Buffer }>(
          `SELECT line, byte_offset::int AS offset, raw FROM rejected_lines
            WHERE file_id = $1 ORDER BY line`,
          [fileId],
        );
        expect(rows.map(({ line }) => line)).toEqual(range(2, lines.length + 1));
        for (const { line, offset, raw } of rows) {
          expect(raw).toEqual(source.subarray(offset, offset + raw.length));
          const sent = lines[line - 2];
          const end = sent?.at(-1) === 13 ? sent.length - 1 : sent?.length; // A CR is the line's end.
          expect(raw).toEqual(sent?.subarray(0, end));
        }
      },
    ),
    { numRuns: 15, interruptAfterTimeLimit: 10_000 },
  ));

test("no more are taken than are asked for, the first ones of the file", () => {
  const one = chunkOf(["#", goodLine(), "#"]);
  const two = chunkOf(["#", "#"], { line: 5, offset: 0 });
  const lines = (most: number) =>
    rejectedLines(batchOf([one, two]), most).map(({ chunk, index }) => chunk.lineOf(index));
  expect(lines(10)).toEqual([2, 4, 5, 6]);
  expect(lines(3)).toEqual([2, 4, 5]);
  expect(lines(0)).toEqual([]);
});

test("only the slice of a batch is looked at", () => {
  const chunk = chunkOf(["#", "#", "#", "#"]);
  const batch = { ...batchOf([chunk]), slices: [{ chunk, from: 1, to: 3 }] };
  expect(rejectedLines(batch, 10).map(({ index }) => index)).toEqual([1, 2]);
});
