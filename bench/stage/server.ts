// The PostgreSQL that everything is measured on: the embedded one with the settings that the daemon gives it, fsync
// included, on a data folder of its own.
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";
import type { Cleanup } from "../../chaos/cleanup.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../../src/database/embedded/server.ts";
import { cpuSecondsOfFamily } from "./proc.ts";

export class BenchServer {
  readonly url: string;
  readonly #pid: number;

  private constructor({ url, pid }: EmbeddedServer) {
    this.url = url;
    this.#pid = pid;
  }

  static async start(dir: string, cleanup: Cleanup): Promise<BenchServer> {
    const server = await startEmbeddedServer({ dir: join(dir, "postgres"), preferredPort: 0 });
    // For root the cluster may lie elsewhere, in a folder that is made for `dir` alone.
    cleanup.add(() => rm(dirname(server.dataDir), { recursive: true, force: true }));
    cleanup.add(() => server.stop());
    return new BenchServer(server);
  }

  /** On a connection of its own, which is closed afterwards. */
  async withClient<Result>(use: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({ connectionString: this.url, application_name: "bench" });
    client.on("error", () => {}); // A lost connection fails the query too.
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }

  query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    return this.withClient(async (client) => (await client.query<Row>(text)).rows);
  }

  /** So that each trial begins alike: empty tables in new files, all that was dirty on disk, the log begun anew. */
  async reset(): Promise<void> {
    await this.withClient(async (client) => {
      await client.query("TRUNCATE telemetry, rejected_lines, files");
      await client.query("CHECKPOINT");
    });
  }

  async countRows(): Promise<number> {
    const [row] = await this.query<{ rows: string }>("SELECT count(*) AS rows FROM telemetry");
    return Number(row?.rows);
  }

  /** Of all its processes since it was started. */
  cpuSeconds(): Promise<number | undefined> {
    return cpuSecondsOfFamily(this.#pid);
  }
}
