// A look at what others do on the server, by one cheap question on a connection of its own: it must not wait for the
// connections that write, and who is cut off here knows that others may be too.
import type pg from "pg";
import { connect } from "../database/pool.ts";

/** What the server tells. */
export interface Others {
  readonly busy: number;
  readonly waiting: number;
  readonly lagBytes: number;
  /** Connections of which this role may not see what they do. */
  readonly hidden: number;
}

/** A server that takes longer for this is under pressure. */
const limitMs = 2_000;

// Ours are known by their name, also those of other daemons: they take their share by themselves, and of two that give
// way to each other neither would get on. A transaction that only stands open disturbs nobody.
const question = {
  // Prepared, or the server would plan it anew each time: 3 ms of a processor in place of 0.4.
  name: "downlink look",
  text: `
  SELECT count(*) FILTER (WHERE state = 'active' OR state_change > clock_timestamp() - interval '50 ms')::int AS busy,
         count(*) FILTER (WHERE state = 'active'
                            AND wait_event_type IN ('Lock', 'LWLock', 'IO', 'BufferPin'))::int AS waiting,
         count(*) FILTER (WHERE backend_type IS NULL)::int AS hidden,
         (SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::float8
            FROM pg_stat_replication) AS "lagBytes"
    FROM pg_stat_activity
   WHERE coalesce(backend_type, 'client backend') = 'client backend' AND pid <> pg_backend_pid()
     AND NOT starts_with(application_name, 'downlink')`,
};

export class ServerLooker {
  #client: { readonly url: string; readonly client: pg.Client } | undefined;

  /** @throws whatever keeps the server from answering in time; the connection is then made anew by the next look */
  async look(url: string): Promise<Others> {
    const deadline = setTimeout(() => this.close(), limitMs);
    try {
      const client = await this.#connected(url);
      const { rows } = await client.query<Others>(question);
      const [others] = rows;
      if (others === undefined) throw new RangeError("no row from a count");
      return others;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  close(): void {
    void this.#client?.client.end().catch(() => {});
    this.#client = undefined;
  }

  async #connected(url: string): Promise<pg.Client> {
    if (this.#client?.url === url) return this.#client.client;
    this.close();
    const client = await connect(url, "downlink throttle");
    this.#client = { url, client };
    return client;
  }
}
