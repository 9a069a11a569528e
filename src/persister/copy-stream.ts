// Sends buffers through one COPY and makes sure that the server took as many rows as were sent.
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

/** @throws {CopyCountError} or the database's error */
export async function copyRows(
  client: pg.PoolClient,
  statement: string,
  pieces: Iterable<CopyPiece> | AsyncIterable<CopyPiece>,
): Promise<void> {
  const socket = socketOf(client);
  const copy = client.query(copyFrom(statement));
  const sent = await new CopyChannel(copy, socket).send(pieces);
  if (copy.rowCount !== sent) {
    throw new CopyCountError(`COPY took ${copy.rowCount} of ${sent} rows`);
  }
}

function socketOf(client: pg.PoolClient): Duplex {
  if (client instanceof pg.Client) return client.connection.stream;
  throw new TypeError("expected a connection of pg's own");
}

/** Smaller pieces travel together: each message is a call of the operating system, and wakes the server up. */
const smallBytes = 16 * 1024;

/** By hand: node's pipeline costs a batch of ten rows as much as all the rest of its transaction. */
class CopyChannel {
  readonly #copy: CopyStreamQuery;
  readonly #socket: Duplex;
  /** Resolves when the server has taken all. */
  readonly #taken: Promise<void>;
  /** A stream that has failed is not destroyed, and must not be written to. */
  #hasFailed = false;
  /** Copies of small pieces that travel together. */
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(copy: CopyStreamQuery, socket: Duplex) {
    this.#copy = copy;
    this.#socket = socket;
    this.#taken = new Promise((resolve, reject) => {
      copy.once("finish", resolve);
      copy.on("error", (error) => {
        this.#hasFailed = true;
        reject(error);
      });
    });
    this.#taken.catch(() => {}); // It is awaited below, which may come later than its failure.
  }

  /** @returns how many rows were sent; the server may have taken fewer */
  async send(pieces: Iterable<CopyPiece> | AsyncIterable<CopyPiece>): Promise<number> {
    let sent = 0;
    try {
      this.#hold(copyHeader);
      for await (const { rows, bytes, isUrgent = false } of pieces) {
        if (this.#hasFailed) break;
        sent += rows;
        await this.#pass(bytes, isUrgent);
      }
    } catch (error) {
      // Or the server would wait for more.
      if (!this.#hasFailed) this.#copy.destroy(asError(error));
      throw error;
    }
    this.#end();
    await this.#taken;
    return sent;
  }

  async #pass(bytes: Buffer, isUrgent: boolean): Promise<void> {
    const isHeld = bytes.length <= smallBytes && !isUrgent;
    const hasRoom = isHeld && this.#heldBytes + bytes.length <= smallBytes;
    if (!hasRoom && this.#heldBytes > 0) await this.#write(this.#takeHeld());
    if (isHeld) this.#hold(Buffer.from(bytes));
    else await this.#write(bytes);
  }

  /** The last bytes are nobody else's, so nobody has to wait for them. */
  #end(): void {
    if (this.#hasFailed) return;
    this.#hold(copyTrailer);
    void this.#put(this.#takeHeld());
    this.#copy.end();
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #takeHeld(): Buffer {
    const bytes = Buffer.concat(this.#held, this.#heldBytes);
    [this.#held, this.#heldBytes] = [[], 0];
    return bytes;
  }

  /** Resolves when the operating system has the bytes, so that their memory may be used again: mostly at once. */
  async #write(bytes: Buffer): Promise<void> {
    if (this.#hasFailed) return;
    const isPassedOn = this.#put(bytes);
    if (this.#copy.writableLength > 0) await Promise.race([isPassedOn, this.#taken]);
    if (this.#socket.writableLength > 0) await Promise.race([this.#isFlushed(), this.#taken]);
  }

  /** @returns resolves when the stream has passed the bytes on to the socket */
  #put(bytes: Buffer): Promise<void> {
    this.#socket.cork(); // A message's length and its bytes: one call of the system, and the server wakes up once.
    const isPassedOn = new Promise<void>((resolve) => {
      this.#copy.write(bytes, () => resolve());
    });
    this.#socket.uncork();
    return isPassedOn;
  }

  /** Nothing, written behind all the rest. */
  #isFlushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write("", () => resolve());
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
