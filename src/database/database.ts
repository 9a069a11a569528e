// The database as the rest of the daemon sees it: there, or away and waited for. A server that is unreachable is a
// state and not a crash: it is said once in the log, and whoever needs the database waits here.
import { EventEmitter, once } from "node:events";
import type pg from "pg";
import { DatabaseAwayError, SetupError } from "../errors.ts";
import type { Events } from "../observability/events.ts";
import type { Log } from "../observability/log.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import { backoffMs, pause } from "./backoff.ts";
import { databaseError, isContention, isOutage } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { createPool, createReadPool, withoutPassword } from "./pool.ts";
import { Refusals } from "./refusals.ts";
import type { DatabaseServer } from "./server.ts";
import { Session, type SessionLimits } from "./session.ts";

/** Between two looks whether the session still answers, so that its loss is noticed where nobody asks anything. */
const longestSilenceMs = 15_000;

/**
 * connecting: from the start to the first session. ready: migrated and reachable, as far as we know. away: the last
 * try failed, the next one comes. refused: a person must set something right. stopped: the component has ended.
 */
export type DatabaseState =
  | { readonly kind: "connecting" | "stopped" }
  | { readonly kind: "ready"; readonly access: DatabaseAccess }
  | { readonly kind: "away"; readonly error: unknown }
  | { readonly kind: "refused"; readonly error: SetupError };

/** A database that is there, as long as it is. */
export interface DatabaseAccess {
  /** Password included. */
  readonly url: string;
  readonly pool: pg.Pool;
  /** For questions from outside: few connections, which can only read. */
  readonly readers: pg.Pool;
  readonly ledger: Ledger;
  readonly session: Session;
}

/** A pool makes no connection before it is asked for one. */
interface Pools extends Pick<DatabaseAccess, "pool" | "readers"> {
  readonly url: string;
}

export interface DatabaseOptions {
  readonly server: DatabaseServer;
  readonly owner: string;
  readonly log: Log;
  readonly events: Events;
  /** DOWNLINK_ALLOW_UNSAFE_DATABASE. */
  readonly allowUnsafe: boolean;
  readonly limits?: DatabaseLimits;
}

export interface DatabaseLimits extends SessionLimits {
  /** Default 15 000. */
  readonly silenceMs?: number;
}

export class Database {
  readonly owner: string;
  readonly #server: DatabaseServer;
  readonly #log: Log;
  readonly #events: Events;
  readonly #allowUnsafe: boolean;
  readonly #limits: DatabaseLimits;
  readonly #refusals: Refusals;
  readonly #bell = new EventEmitter().setMaxListeners(0); // Everyone who waits for the database listens.
  #state: DatabaseState = { kind: "connecting" };
  #pools: Pools | undefined;
  #pinging = false;
  #held = false;
  #isWarned = false;

  constructor({ server, owner, log, events, allowUnsafe, limits = {} }: DatabaseOptions) {
    this.#server = server;
    this.#limits = limits;
    this.#allowUnsafe = allowUnsafe;
    this.owner = owner;
    this.#log = log;
    this.#refusals = new Refusals(log);
    this.#events = events;
  }

  get state(): DatabaseState {
    return this.#state;
  }

  /** The URL in use, without its password; undefined before the first session. */
  get shownUrl(): string | undefined {
    return this.#pools && withoutPassword(this.#pools.url);
  }

  /** Resolves when the database is migrated and reachable. @throws {SetupError} or the signal's reason */
  async whenReady(signal: AbortSignal): Promise<DatabaseAccess> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#state.kind === "ready") return this.#state.access;
      if (this.#state.kind === "refused") throw this.#state.error;
      await once(this.#bell, "change", { signal });
    }
  }

  /**
   * Runs `work` until it gets through to the database: an outage or contention is waited out, any other error is
   * thrown. `work` may run again after its statement was carried out and only the answer was lost: it is told so.
   */
  async use<Result>(
    signal: AbortSignal,
    work: (access: DatabaseAccess, isAgain: boolean) => Promise<Result>,
  ): Promise<Result> {
    let failedWith: DatabaseAccess | undefined;
    try {
      for (let failures = 1; ; failures++) {
        const access = await this.whenReady(signal);
        try {
          return await work(access, failures > 1);
        } catch (error) {
          if (!isOutage(error) && !isContention(error)) throw databaseError(error);
          // It was looked into, and the session is still there.
          if (access === failedWith && !this.#pinging) this.#refusals.add(work, error);
          failedWith = access;
          this.suspect();
          await pause(backoffMs(failures), signal);
        }
      }
    } finally {
      this.#refusals.delete(work);
    }
  }

  /** Says that a statement failed as if the database were away, which is looked into at once. */
  suspect(): void {
    if (this.#state.kind !== "ready" || this.#pinging) return;
    this.#pinging = true;
    void this.#state.access.session.ping().finally(() => {
      this.#pinging = false;
    });
  }

  /** Runs the component. */
  start(): Component {
    this.#events.publish({ kind: "database_changed", state: this.#state.kind });
    return spawn((lifetime) => this.#run(lifetime));
  }

  async #run({ stopping }: Lifetime): Promise<void> {
    try {
      for (let failures = 1; !stopping.aborted; failures++) {
        if (await this.#serveOnce(stopping)) failures = 1; // A session that is lost at once is no hurry either.
        if (this.#state.kind === "refused") return await untilAborted(stopping);
        await pause(backoffMs(failures), stopping);
      }
    } finally {
      this.#change({ kind: "stopped" });
      endPools(this.#pools);
      await this.#server.stop(this.#held);
    }
  }

  /** From one session to its loss. @returns whether there was a session */
  async #serveOnce(stopping: AbortSignal): Promise<boolean> {
    try {
      const url = await this.#server.ensure(stopping);
      const { exclusive } = this.#server;
      const { owner } = this;
      const allowUnsafe = this.#allowUnsafe;
      const session = await Session.open({ url, owner, exclusive, allowUnsafe, ...this.#limits });
      this.#warnOf(session.unsafe);
      this.#held = true;
      if (stopping.aborted) {
        // While it connected: no event tells of it any more.
        session.end();
        return true;
      }
      const { pool, readers } = this.#poolsFor(url);
      const access = { url, session, pool, readers, ledger: new Ledger(pool, this.owner) };
      this.#change({ kind: "ready", access });
      const cause = await untilLost(session, stopping, this.#limits.silenceMs);
      session.end();
      if (!stopping.aborted) this.#change({ kind: "away", error: lostSession(cause) });
      return true;
    } catch (error) {
      if (stopping.aborted) return false;
      if (error instanceof SetupError) this.#change({ kind: "refused", error });
      else if (isOutage(error) || isContention(error)) this.#change({ kind: "away", error });
      else throw databaseError(error);
      return false;
    }
  }

  /** Once: it was allowed, and every new connection would find the same. */
  #warnOf(unsafe: readonly string[]): void {
    if (unsafe.length === 0 || this.#isWarned) return;
    this.#isWarned = true;
    this.#log.warn({ unsafe }, "the database may lose what it has committed, as was allowed");
  }

  #poolsFor(url: string): Pools {
    if (this.#pools?.url === url) return this.#pools;
    endPools(this.#pools);
    this.#pools = { url, pool: createPool(url), readers: createReadPool(url) };
    return this.#pools;
  }

  #change(state: DatabaseState): void {
    const before = this.#state.kind;
    this.#state = state;
    if (state.kind === "ready" && before !== "ready") {
      this.#log.info({ database: this.shownUrl }, "database ready");
    } else if (state.kind === "away" && before !== "away") {
      this.#log.warn({ err: databaseError(state.error) }, "database away, waiting for it");
    }
    if (state.kind !== before) {
      this.#events.publish({ kind: "database_changed", state: state.kind });
    }
    this.#bell.emit("change");
  }
}

/** Clients still in use end when they are given back. */
function endPools(pools: Pools | undefined): void {
  for (const pool of [pools?.pool, pools?.readers]) void pool?.end().catch(() => {});
}

/** @returns why the session was lost, as far as that is known */
async function untilLost(
  session: Session,
  stopping: AbortSignal,
  silenceMs = longestSilenceMs,
): Promise<unknown> {
  const over = new AbortController(); // Takes the listener off again.
  const stopped = once(stopping, "abort", { signal: over.signal }).then(
    () => undefined,
    () => undefined,
  );
  void lookAgainAndAgain(session, silenceMs, over.signal);
  const cause = await Promise.race([session.lost, stopped]);
  over.abort();
  return cause;
}

async function lookAgainAndAgain(
  session: Session,
  everyMs: number,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause(everyMs, over);
    if (over.aborted) return;
    await session.ping();
  }
}

function lostSession(cause: unknown): DatabaseAwayError {
  return new DatabaseAwayError("the session's connection was lost", { cause });
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
