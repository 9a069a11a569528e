// A PostgreSQL of a campaign's own, in a temporary folder, which may be killed and comes back on the same port with the
// same data. With fsync, so that what is proved is proved for the settings that people should have.
import { join } from "node:path";
import pg from "pg";
import { type EmbeddedServer, startEmbeddedServer } from "../../src/database/embedded/server.ts";
import { makeTemporaryFolder } from "../../test/support/temporary-folder.ts";
import { until } from "../../test/support/until.ts";
import type { Cleanup } from "../cleanup.ts";

const settings = { max_connections: "150" };

export class ChaosServer {
  readonly #dir: string;
  #server: EmbeddedServer;

  private constructor(dir: string, server: EmbeddedServer) {
    this.#dir = dir;
    this.#server = server;
  }

  static async start(cleanup: Cleanup): Promise<ChaosServer> {
    const folder = await makeTemporaryFolder("downlink-chaos-server-");
    cleanup.add(() => folder.remove());
    const dir = join(folder.path, "postgres");
    const server = await startEmbeddedServer({ dir, preferredPort: 0, settings });
    const started = new ChaosServer(dir, server);
    cleanup.add(() => started.stop());
    return started;
  }

  urlOf(database: string): string {
    const url = new URL(this.#server.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** @param template a database that nobody is connected to. */
  async createDatabase(name: string, template = "template1"): Promise<void> {
    await this.admin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  /** Runs a statement as a superuser, on a connection of its own. */
  async admin<Row extends pg.QueryResultRow>(
    statement: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.#server.url });
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query<Row>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** kill -9 of the server's first process; the others end with it. Returns when it is gone. */
  async kill9(): Promise<void> {
    const { pid } = this.#server;
    process.kill(pid, "SIGKILL");
    await until("the end of the server", () => !isAlive(pid), 60_000);
  }

  /** On the same port with the same data. */
  async startAgain(): Promise<void> {
    const { port } = this.#server;
    this.#server = await startEmbeddedServer({ dir: this.#dir, preferredPort: port, settings });
    if (this.#server.port !== port) throw new Error("the server's port was taken meanwhile");
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
