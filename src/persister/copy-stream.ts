// Sends buffers through one COPY and makes sure that the server took as many rows as were sent.
import { once } from "node:events";
import type { Duplex } from "node:stream";
import pg from "pg";
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
  /** A rest follows: it must not wait for the next one. */
  readonly isUrgent?: boolean;
}

/** What goes to the server in one message, or together with others. */
interface Message {
  readonly bytes: Buffer;
  readonly isUrgent: boolean;
}

/** @throws {CopyCountError} or the database's error */
export async function copyRows(
  client: pg.PoolClient,
  statement: string,
  pieces: Iterable<CopyPiece> | AsyncIterable<CopyPiece>,
): Promise<void> {
  let sent = 0;
  async function* stream(): AsyncGenerator<Message> {
    yield { bytes: copyHeader, isUrgent: false };
    for await (const { rows, bytes, isUrgent = false } of pieces) {
      sent += rows;
      yield { bytes, isUrgent };
    }
    yield { bytes: copyTrailer, isUrgent: true };
  }
  const copy = client.query(copyFrom(statement));
  const socket = client instanceof pg.Client ? client.connection.stream : undefined;
  await send(copy, joined(stream()), socket);
  if (copy.rowCount !== sent) {
    throw new CopyCountError(`COPY took ${copy.rowCount} of ${sent} rows`);
  }
}

/** By hand: node's pipeline costs a batch of ten rows as much as all the rest of its transaction. */
async function send(
  copy: CopyStreamQuery,
  buffers: AsyncIterable<Buffer>,
  socket: Duplex | undefined,
): Promise<void> {
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
      socket?.cork(); // A message's length and its bytes: one call of the system, and the server wakes up once.
      const isTaken = copy.write(buffer);
      socket?.uncork();
      if (!isTaken) await Promise.race([once(copy, "drain"), taken]);
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

async function* joined(messages: AsyncIterable<Message>): AsyncGenerator<Buffer> {
  let small: Buffer[] = [];
  let length = 0;
  for await (const { bytes, isUrgent } of messages) {
    const isLarge = bytes.length > smallBytes;
    if (length > 0 && (isLarge || length + bytes.length > smallBytes)) {
      yield Buffer.concat(small);
      [small, length] = [[], 0];
    }
    if (isLarge) yield bytes.length > heldBytes ? bytes : Buffer.from(bytes);
    else {
      small.push(Buffer.from(bytes));
      length += bytes.length;
      if (!isUrgent) continue;
      yield Buffer.concat(small);
      [small, length] = [[], 0];
    }
  }
}
