// Sends buffers through one COPY and makes sure that the server took as many rows as were sent.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { CopyCountError } from "../errors.ts";
import { copyHeader, copyTrailer } from "./binary-copy.ts";

/** Rows in binary COPY format. Encoded one piece at a time, as fast as the server takes them. */
export interface CopyPiece {
  readonly rows: number;
  readonly bytes: Buffer;
}

/** @throws {CopyCountError} or the database's error */
export async function copyRows(
  client: pg.PoolClient,
  statement: string,
  pieces: Iterable<CopyPiece> | AsyncIterable<CopyPiece>,
): Promise<void> {
  let sent = 0;
  async function* stream() {
    yield copyHeader;
    for await (const { rows, bytes } of pieces) {
      sent += rows;
      if (bytes.length > 0) yield bytes;
    }
    yield copyTrailer;
  }
  const copy = client.query(copyFrom(statement));
  await pipeline(Readable.from(stream(), { objectMode: true, highWaterMark: 1 }), copy);
  if (copy.rowCount !== sent) {
    throw new CopyCountError(`COPY took ${copy.rowCount} of ${sent} rows`);
  }
}
