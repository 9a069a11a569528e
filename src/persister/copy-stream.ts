// Sends buffers through one COPY and makes sure that the server took as many rows as were sent.
import { once } from "node:events";
import type pg from "pg";
import { type CopyStreamQuery, from as copyFrom } from "pg-copy-streams";
import { CopyCountError } from "../errors.ts";
import { copyHeader, copyTrailer } from "./binary-copy.ts";

/**
 * Rows in binary COPY format. Encoded one piece at a time, as fast as the server takes them; when the next one is asked
 * for, nobody looks at the bytes of this one any more.
 */
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
      yield bytes;
    }
    yield copyTrailer;
  }
  const copy = client.query(copyFrom(statement));
  await send(copy, joined(stream()));
  if (copy.rowCount !== sent) {
    throw new CopyCountError(`COPY took ${copy.rowCount} of ${sent} rows`);
  }
}

/** By hand: node's pipeline costs a batch of ten rows as much as all the rest of its transaction. */
async function send(copy: CopyStreamQuery, buffers: AsyncIterable<Buffer>): Promise<void> {
  let hasFailed = false; // A stream that has failed is not destroyed, and must not be written to.
  const taken = new Promise<void>((resolve, reject) => {
    copy.once("finish", resolve);
    copy.on("error", (error) => {
      hasFailed = true;
      reject(error);
    });
  });
  taken.catch(() => {}); // It is awaited below, which may come later than its failure.
  try {
    for await (const buffer of buffers) {
      if (hasFailed) break;
      if (!copy.write(buffer)) await Promise.race([once(copy, "drain"), taken]);
    }
  } catch (error) {
    copy.destroy(error instanceof Error ? error : new Error(String(error))); // Or the server would wait for more.
    throw error;
  }
  if (!hasFailed) copy.end();
  await taken;
}

/** Smaller buffers travel together: each one is a call of the operating system, and a message of its own. */
const smallBytes = 16 * 1024;
/** More than any stream on the way holds: such a buffer is with the operating system when it has been taken. */
const heldBytes = 64 * 1024;

async function* joined(buffers: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let small: Buffer[] = [];
  let bytes = 0;
  for await (const buffer of buffers) {
    if (bytes + buffer.length > smallBytes && bytes > 0) {
      yield Buffer.concat(small);
      [small, bytes] = [[], 0];
    }
    if (buffer.length > heldBytes) yield buffer;
    else if (buffer.length > smallBytes) yield Buffer.from(buffer);
    else {
      small.push(Buffer.from(buffer));
      bytes += buffer.length;
    }
  }
  if (bytes > 0) yield Buffer.concat(small);
}
