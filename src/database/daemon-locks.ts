// The advisory locks of a session by which daemons know of each other: the one that says which daemon lives, and the
// one that keeps an embedded server for one daemon alone.
import type pg from "pg";
import { SetupError } from "../errors.ts";
import { errorCode } from "./faults.ts";

const lockTimeout = "55P03";
const embeddedLock = "downlink embedded server";

/** Locks are named by text and hashed to the 64 bits that PostgreSQL takes. */
const ownerLock = (owner: string): string => `downlink owner ${owner}`;

/**
 * Waits if an earlier connection of this very daemon is not yet gone on the server's side. One that is still not gone
 * after that lies behind a network that told the server nothing of its end: it is ended, and the next try has the lock.
 */
export async function takeOwnerLock(client: pg.Client, owner: string, lockMs: number) {
  await client.query("SELECT set_config('lock_timeout', $1, false)", [`${lockMs}ms`]);
  try {
    await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [ownerLock(owner)]);
  } catch (error) {
    if (errorCode(error) === lockTimeout) await endHolder(client, owner);
    throw error;
  }
}

/** No other daemon has this name: whoever holds the lock is a connection of ours. */
async function endHolder(client: pg.Client, owner: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
        AND datname = current_database() AND usename = current_user
        AND (classid::bigint << 32) | objid::bigint = hashtextextended($1, 0)`,
    [ownerLock(owner)],
  );
}

/** A daemon that was killed holds its lock until the server has noticed: a few milliseconds, at most this long. */
const noticeMs = 3_000;

/** @throws {SetupError} another daemon has this server */
export async function takeExclusively(client: pg.Client): Promise<void> {
  await client.query("SELECT set_config('lock_timeout', $1, false)", [`${noticeMs}ms`]);
  try {
    await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [embeddedLock]);
  } catch (error) {
    if (errorCode(error) !== lockTimeout) throw error;
    throw new SetupError(
      "another daemon runs on this embedded server: stop it, or set DATABASE_URL to share a database",
      { cause: error },
    );
  }
}
