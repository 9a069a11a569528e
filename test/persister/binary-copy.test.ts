// A COPY stream of ours that is wrong: the server takes these bytes at their word, so nothing may pass that it did not
// take whole.
import { afterAll, beforeAll, expect, test } from "vitest";
import { CopyWriter, lengthBytes, rowBytes } from "../../src/persister/binary-copy.ts";
import { type CopyPiece, copyRows } from "../../src/persister/copy-stream.ts";
import { copyTelemetry, encodeTelemetry } from "../../src/persister/telemetry-rows.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { badLine, chunkOf, goodLines } from "../support/package-fixture.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const chunk = chunkOf([...goodLines(3), badLine, ...goodLines(2)]);
const encoded = encodeTelemetry(1, { chunk, from: 0, to: chunk.count });

async function copy(pieces: Parameters<typeof copyRows>[2]): Promise<number> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await copyRows(client, copyTelemetry, pieces);
    return Number((await client.query("SELECT count(*) FROM telemetry")).rows[0]?.count);
  } finally {
    client.release(true);
  }
}

test("good lines alone are encoded, of the slice alone", () => {
  expect(encoded.rows).toBe(5);
  expect(encodeTelemetry(1, { chunk, from: 2, to: 5 }).rows).toBe(2);
  expect(encodeTelemetry(1, { chunk, from: 3, to: 4 })).toEqual({ rows: 0, bytes: Buffer.of() });
});

test("pieces of a chunk are the chunk, also where a piece has no row", async () => {
  const pieces = [0, 1, 3, 4].map((from, at, starts) => {
    return encodeTelemetry(1, { chunk, from, to: starts[at + 1] ?? chunk.count });
  });
  expect(pieces.map(({ rows }) => rows)).toEqual([1, 2, 0, 2]);
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(encoded.bytes);
  expect(await copy(pieces)).toBe(5);
});

test("a piece behind which there is a rest goes to the server at once, however small it is", async () => {
  const first = encodeTelemetry(1, { chunk, from: 0, to: 2 });
  async function* pieces(): AsyncGenerator<CopyPiece> {
    yield { ...first, isUrgent: true };
    await until("its bytes are read", async () => (await bytesRead()) > first.bytes.length);
    yield encodeTelemetry(1, { chunk, from: 2, to: chunk.count });
  }
  expect(await copy(pieces())).toBe(5);
});

/** By the COPY that runs in this database. */
async function bytesRead(): Promise<number> {
  const [row] = await database.rows<{ bytes: number }>(
    "SELECT bytes_processed::int AS bytes FROM pg_stat_progress_copy WHERE datname = current_database()",
  );
  return row?.bytes ?? 0;
}

test("a stream that ends early at a row border is no error of the server, but one of ours", async () => {
  const first = encodeTelemetry(1, { chunk, from: 0, to: 1 });
  const fewer = copy([{ rows: 2, bytes: first.bytes }]);
  await expect(fewer).rejects.toMatchObject({ code: "E_COPY_COUNT" });
  const trailer = Buffer.from([0xff, 0xff]); // Amid the stream: what follows would be ignored.
  const cut = copy([{ rows: 1, bytes: Buffer.concat([first.bytes, trailer]) }, encoded]);
  await expect(cut).rejects.toMatchObject({
    code: expect.stringMatching(/^(E_COPY_COUNT|22P04)$/),
  });
});

test("a stream that is cut inside a row is refused", async () => {
  const bytes = encoded.bytes.subarray(0, -8);
  await expect(copy([{ rows: 5, bytes }])).rejects.toMatchObject({ code: "22P04" });
});

test("a source that fails leaves the connection to go on with", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    function* failing() {
      yield encoded;
      throw new Error("source");
    }
    await expect(copyRows(client, copyTelemetry, failing())).rejects.toThrow("source");
    await client.query("ROLLBACK");
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  } finally {
    client.release(true);
  }
});

test("a writer knows whether its memory was worked out right", () => {
  const writer = new CopyWriter(rowBytes + lengthBytes + 4);
  writer.row(1);
  expect(writer.isFull).toBe(false);
  writer.int4(-2);
  expect(writer.isFull).toBe(true);
  expect([...writer.buffer]).toEqual([0, 1, 0, 0, 0, 4, 255, 255, 255, 254]);
  expect(() => writer.int4(1)).toThrow(RangeError);
});
