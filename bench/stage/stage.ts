// Where a run of the bench happens: one server, one folder on the same disk as the daemon's data folder would be, and
// daemons with folders of their own. Not in the system's temporary folder, which may be memory, where fsync is free.
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../../chaos/cleanup.ts";
import { Daemon, type DaemonOptions } from "./daemon.ts";
import { Packages } from "./packages.ts";
import { BenchServer } from "./server.ts";

const defaultParent = fileURLToPath(new URL("../../.data", import.meta.url));

export interface StartedDaemon {
  readonly daemon: Daemon;
  readonly filesDir: string;
  /** Moves packages into its inbox. @returns when, in milliseconds since 1970 */
  drop(spooled: readonly string[]): number;
}

export class Stage {
  readonly dir: string;
  readonly server: BenchServer;
  readonly packages: Packages;
  readonly #cleanup: Cleanup;
  #daemons = 0;

  private constructor(dir: string, server: BenchServer, packages: Packages, cleanup: Cleanup) {
    this.dir = dir;
    this.server = server;
    this.packages = packages;
    this.#cleanup = cleanup;
  }

  /** @param parent a folder in which to make one */
  static async open(parent: string | undefined, cleanup: Cleanup): Promise<Stage> {
    await mkdir(parent ?? defaultParent, { recursive: true });
    const dir = await mkdtemp(join(parent ?? defaultParent, "bench-"));
    cleanup.add(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
    await chmod(dir, 0o755); // For root the server runs as another account, which has to enter.
    const server = await BenchServer.start(dir, cleanup);
    return new Stage(dir, server, await Packages.open(dir), cleanup);
  }

  /**
   * Runs a daemon on folders and tables that are empty, and stops it.
   *
   * @param options further variables and modules for it.
   */
  async withDaemon<Result>(
    options: Pick<DaemonOptions, "env" | "preload">,
    use: (started: StartedDaemon) => Promise<Result>,
  ): Promise<Result> {
    const dir = join(this.dir, `daemon-${++this.#daemons}`);
    const filesDir = join(dir, "files");
    await mkdir(dir);
    const daemon = await Daemon.start({
      ...options,
      databaseUrl: this.server.url,
      filesDir,
      dataDir: join(dir, ".data"),
    });
    const stop = this.#cleanup.add(() => daemon.stop());
    try {
      await this.server.reset();
      const drop = (spooled: readonly string[]): number => this.packages.drop(spooled, filesDir);
      return await use({ daemon, filesDir, drop });
    } finally {
      await stop();
      await rm(dir, { recursive: true, force: true });
    }
  }
}
