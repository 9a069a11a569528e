// The daemon's one lasting connection. It holds the advisory locks by which other daemons know that this one lives:
// one for the daemon, and one for each claim until its ledger row names its owner. When the connection is lost the
// locks are gone, and what the daemon owns may be taken over; the epoch in the ledger makes that safe.
import { once } from "node:events";
import PQueue from "p-queue";
import type pg from "pg";
import { DatabaseAwayError } from "../errors.ts";
import { Coalesced } from "./coalesced.ts";
import { takeExclusively, takeOwnerLock } from "./daemon-locks.ts";
import { inTime } from "./deadline.ts";
import { bringUpToDate, isUpToDate } from "./migrations.ts";
import { connect } from "./pool.ts";
import { refuseUnsafe, unsafeSettings } from "./safety.ts";

const pingMs = 5_000;
const longestLockMs = 5_000;
/** Longer than a statement of ours waits for a lock; nothing else in it takes long. */
const longestAnswerMs = 15_000;

const claimLock = (fileId: number): string => `downlink claim ${fileId}`;
/** Claims reserved or released by one statement. */
const claimsTogether = 64;
/** In a flood so many more are reserved than were asked for; those left over are given back with the session. */
const claimsAhead = 16;
/** So many statements in a row, each within this time after the one before, are a flood. */
const flood = { statements: 8, withinMs: 50 };
/** A claim that is released late keeps nobody waiting: by then the ledger names its owner. */
const releaseMs = 50;

export interface SessionLimits {
  /** How long an earlier connection of this daemon is waited for. Default 5 000. */
  readonly lockMs?: number;
  /** How long an answer is waited for before the connection is given up; longer than `lockMs`. Default 15 000. */
  readonly answerMs?: number;
}

export interface SessionOptions extends SessionLimits {
  readonly url: string;
  /** Name of this daemon's life, as in `files.owner`. */
  readonly owner: string;
  /** Refuse to share the database: the embedded server belongs to one daemon. */
  readonly exclusive: boolean;
  /** Go on although the server may lose what it has committed. */
  readonly allowUnsafe: boolean;
}

export class Session {
  /** Resolves when the connection is lost or ended, with the error if there is one. */
  readonly lost: Promise<unknown>;
  /** Settings under which the server may lose what it has committed; none unless that was allowed. */
  readonly unsafe: readonly string[];
  readonly #client: pg.Client;
  readonly #answerMs: number;
  /** One statement at a time: a client that is asked amid another answer is deprecated. */
  readonly #turns = new PQueue({ concurrency: 1 });
  readonly #reserved = new Coalesced<undefined, number>(
    (wanted) => this.#reserveWithSome(wanted.length),
    claimsTogether,
  );
  /** Reserved, and not yet asked for. */
  readonly #ahead: number[] = [];
  #lastReservedMs = Number.NEGATIVE_INFINITY;
  #inARow = 0;
  readonly #released = new Coalesced<number, undefined>(
    (fileIds) => this.#releaseClaims(fileIds),
    claimsTogether,
    releaseMs,
  );

  private constructor(client: pg.Client, unsafe: readonly string[], answerMs: number) {
    this.#client = client;
    this.#answerMs = answerMs;
    this.unsafe = unsafe;
    this.lost = once(client, "end").then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  /** Connects, brings the schema up to date and takes the daemon's locks. @throws {SetupError} {DatabaseAwayError} */
  static async open(options: SessionOptions): Promise<Session> {
    const { url, owner, exclusive, allowUnsafe } = options;
    const { lockMs = longestLockMs, answerMs = longestAnswerMs } = options;
    const client = await connect(url, "downlink session");
    try {
      await inTime(client, answerMs, () => refuseStandby(client));
      if (exclusive) await inTime(client, answerMs, () => takeExclusively(client));
      const isReady = await inTime(client, answerMs, () => isUpToDate(client));
      if (!isReady) await bringUpToDate(client); // Which takes as long as it takes.
      const unsafe = await inTime(client, answerMs, () => unsafeSettings(client));
      if (!allowUnsafe) refuseUnsafe(unsafe);
      await inTime(client, answerMs, () => takeOwnerLock(client, owner, lockMs));
      return new Session(client, unsafe, answerMs);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  /** Whether the server still answers on this connection. A connection that does not is cut, and so `lost`. */
  async ping(): Promise<void> {
    const limitMs = Math.min(pingMs, this.#answerMs);
    const deadline = setTimeout(() => this.end(), limitMs); // The wait behind other questions included.
    await this.#ask("SELECT 1").catch(() => this.end());
    clearTimeout(deadline);
  }

  /** An id for a claim to come, locked until `releaseClaim` or the end of the session. Who asks later gets a higher one. */
  async reserveClaim(): Promise<number> {
    return this.#reserved.ask(undefined);
  }

  /** Several of them. */
  async reserveClaims(count: number): Promise<number[]> {
    const { rows } = await this.#ask<{ id: string }>(
      `SELECT id, pg_advisory_lock(hashtextextended('downlink claim ' || id, 0)) FROM
         (SELECT nextval(pg_get_serial_sequence('files', 'id')) AS id FROM generate_series(1, $1)) AS ids`,
      [count],
    );
    return rows.map(({ id }) => Number(id));
  }

  /** @returns false if another daemon holds the claim. */
  async takeClaim(fileId: number): Promise<boolean> {
    const { rows } = await this.#ask<{ taken: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken",
      [claimLock(fileId)],
    );
    return rows[0]?.taken === true;
  }

  async releaseClaim(fileId: number): Promise<void> {
    await this.#released.ask(fileId);
  }

  /** Which of these daemons live, as far as their locks say. */
  async living(owners: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.#ask<{ owner: string }>(
      `SELECT owner FROM unnest($1::text[]) AS owner
        WHERE EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (classid::bigint << 32) | objid::bigint = hashtextextended('downlink owner ' || owner, 0))`,
      [owners],
    );
    return new Set(rows.map(({ owner }) => owner));
  }

  /** Calls `heard` whenever a setting was changed, by whomever, as long as the session lasts. */
  async listen(heard: () => void): Promise<void> {
    await this.#ask("LISTEN downlink_settings");
    this.#client.on("notification", heard);
  }

  /** Gives the locks back by ending the connection, without waiting for a server that may not answer. */
  end(): void {
    void this.#client.end().catch(() => {});
  }

  async #reserveWithSome(wanted: number): Promise<number[]> {
    if (this.#ahead.length < wanted) await this.#reserveAhead(wanted - this.#ahead.length);
    return this.#ahead.splice(0, wanted);
  }

  async #reserveAhead(missing: number): Promise<void> {
    const isClose = performance.now() - this.#lastReservedMs < flood.withinMs;
    this.#inARow = isClose ? this.#inARow + 1 : 0;
    const isFlood = this.#inARow >= flood.statements;
    this.#ahead.push(...(await this.reserveClaims(missing + (isFlood ? claimsAhead : 0))));
    this.#lastReservedMs = performance.now();
  }

  async #releaseClaims(fileIds: readonly number[]): Promise<undefined[]> {
    await this.#ask(
      "SELECT pg_advisory_unlock(hashtextextended('downlink claim ' || id, 0)) FROM unnest($1::bigint[]) AS id",
      [fileIds],
    );
    return fileIds.map(() => undefined);
  }

  #ask<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const client = this.#client;
    return this.#turns.add(() =>
      inTime(client, this.#answerMs, () => client.query<Row>(text, values)),
    );
  }
}

async function refuseStandby(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>(
    "SELECT pg_is_in_recovery() AS standby",
  );
  if (rows[0]?.standby) throw new DatabaseAwayError("the server is a standby: it takes no writes");
}
