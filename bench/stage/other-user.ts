// Another user of the same server: small transactions on a table of its own, so many a second, come what may. The
// latency of one is counted from when it was due, so that a server which stands still for a second is seen as that, and
// not as one slow transaction.
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const perSecond = 200;
/** Enough that a transaction waits for the server and not for a connection, unless they take 100 ms. */
const connections = 20;
const accounts = 10_000;

const makeTables = `
  CREATE TABLE IF NOT EXISTS other_accounts (id integer PRIMARY KEY, balance bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS other_history
    (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, account integer, amount integer, at timestamptz DEFAULT now());
  TRUNCATE other_accounts, other_history;
  INSERT INTO other_accounts SELECT id, 0 FROM generate_series(0, ${accounts - 1}) AS id;`;

export interface Latency {
  /** When it was due, on the clock of `performance.now()`. */
  readonly dueMs: number;
  readonly tookMs: number;
}

export class OtherUser {
  readonly #pool: pg.Pool;
  readonly #latencies: Latency[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async start(connectionString: string): Promise<OtherUser> {
    const max = connections;
    const pool = new pg.Pool({ connectionString, max, application_name: "another user" });
    await pool.query(makeTables);
    const clients = await Promise.all(Array.from({ length: max }, () => pool.connect()));
    for (const client of clients) client.release(); // All connected before anything counts.
    const user = new OtherUser(pool);
    user.#running = user.#run();
    return user;
  }

  /** Those that are done, in the order of their ends. */
  get latencies(): readonly Latency[] {
    return this.#latencies;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#pool.end();
  }

  async #run(): Promise<void> {
    const startedAtMs = performance.now();
    const { signal } = this.#stopping;
    const underWay = new Set<Promise<void>>();
    for (let count = 0; !signal.aborted; count++) {
      const dueMs = startedAtMs + (count * 1_000) / perSecond;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) await delay(earlyMs, undefined, { signal }).catch(() => {});
      const transaction = this.#transact(count, dueMs).finally(() => underWay.delete(transaction));
      underWay.add(transaction);
    }
    await Promise.all(underWay);
  }

  async #transact(count: number, dueMs: number): Promise<void> {
    const client = await this.#pool.connect();
    try {
      const account = (count * 7_919) % accounts;
      await client.query("BEGIN");
      await client.query("UPDATE other_accounts SET balance = balance + 1 WHERE id = $1", [
        account,
      ]);
      await client.query("INSERT INTO other_history (account, amount) VALUES ($1, 1)", [account]);
      await client.query("COMMIT");
      this.#latencies.push({ dueMs, tookMs: performance.now() - dueMs });
    } finally {
      client.release();
    }
  }
}
