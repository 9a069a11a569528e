// Pieces of a COPY that lie in memory which is used again: what waits for the server must not be overwritten.
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPool } from "../../src/database/pool.ts";
import { PieceMemory } from "../../src/persister/binary-copy.ts";
import { type CopyPiece, copyRows } from "../../src/persister/copy-stream.ts";
import { copyTelemetry, encodeTelemetry } from "../../src/persister/telemetry-rows.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { chunkOf, goodLines } from "../support/package-fixture.ts";
import { until } from "../support/until.ts";

let database: MigratedDatabase;
let proxy: DatabaseProxy;
let pool: pg.Pool;
let client: pg.PoolClient;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  proxy = new DatabaseProxy(database.url);
  await proxy.open();
  pool = createPool(proxy.url);
  client = await pool.connect();
  await client.query("BEGIN");
});
afterEach(async () => {
  client.release(true);
  await pool.end();
  await proxy.close();
});

interface Pieces {
  readonly count: number;
  readonly rows: number;
  readonly isUrgent: boolean;
}

/** More than a connection holds on its way: 20 MB, in pieces below and above what travels together. */
const more: readonly Pieces[] = [
  { count: 3_200, rows: 50, isUrgent: true },
  { count: 3_200, rows: 50, isUrgent: false },
  { count: 800, rows: 200, isUrgent: true },
  { count: 800, rows: 200, isUrgent: false },
];

/** One piece after the other in the same memory, each of another file; `between` is told how many were sent. */
async function* inOneMemory(
  { count, rows, isUrgent }: Pieces,
  between: (sent: number) => void = () => {},
): AsyncGenerator<CopyPiece> {
  const memory = new PieceMemory();
  const chunk = chunkOf(goodLines(rows));
  for (let fileId = 1; fileId <= count; fileId++) {
    yield { ...encodeTelemetry(fileId, { chunk, from: 0, to: rows }, memory), isUrgent };
    between(fileId);
  }
}

/** Before the operating system takes them. */
const areBytesWaiting = (): boolean =>
  client instanceof pg.Client && client.connection.stream.writableLength > 0;

/** Files that do not have just their lines, each with its own velocity. */
async function wrongFiles({ count, rows: rowsOfEach }: Pieces): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT file_id, count(*) FROM generate_series(1, $1) AS file_id LEFT JOIN telemetry USING (file_id)
      GROUP BY file_id HAVING count(*) FILTER (WHERE velocity = line - 2) <> $2`,
    [count, rowsOfEach],
  );
  return rows;
}

describe.each(more)("a server that takes nothing for a while: %o", (pieces) => {
  test("gets each piece as it was", async () => {
    let sent = 0;
    const copied = copyRows(
      client,
      copyTelemetry,
      inOneMemory(pieces, (count) => {
        if (count === 10) proxy.stall();
        sent = count;
      }),
    );
    await until("bytes wait", areBytesWaiting);
    const stalledAt = sent;
    proxy.goOn();
    await copied;
    expect(stalledAt).toBeLessThan(pieces.count);
    expect(await wrongFiles(pieces)).toEqual([]);
  });

  test("and is gone then: the COPY ends with an error", async () => {
    const copied = copyRows(
      client,
      copyTelemetry,
      inOneMemory(pieces, (count) => {
        if (count === 10) proxy.stall();
      }),
    );
    copied.catch(() => {});
    await until("bytes wait", areBytesWaiting);
    proxy.cut();
    await expect(copied).rejects.toThrow();
  });
});

test("small pieces that travel together are kept as they were", async () => {
  const pieces = { count: 500, rows: 3, isUrgent: false };
  await copyRows(client, copyTelemetry, inOneMemory(pieces));
  expect(await wrongFiles(pieces)).toEqual([]);
});
