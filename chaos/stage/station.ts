// Folders, a database and a manifest, with one or more daemons on them: the stage of one leg of a campaign.
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { makeTemporaryFolder } from "../../test/support/temporary-folder.ts";
import type { CheckOptions } from "../checker/check.ts";
import { defaultLimits } from "../checker/invariants.ts";
import type { Cleanup } from "../cleanup.ts";
import { maxLineBytes } from "../manifest/bad-line.ts";
import type { GeneratedPackage } from "../manifest/expectation.ts";
import { ManifestWriter } from "../manifest/manifest-file.ts";
import type { Build } from "./build.ts";
import { Daemon, type DaemonOptions } from "./daemon.ts";
import { Network } from "./network.ts";
import type { ChaosServer } from "./server.ts";

export interface StationOptions {
  readonly server: ChaosServer;
  readonly build: Build;
  readonly cleanup: Cleanup;
  /** Database to copy; it has the schema. */
  readonly template: string;
  readonly batchRows?: number;
  readonly maxPackages?: number;
  readonly onComplete?: "delete" | "archive";
  /** DOWNLINK_ variables besides. */
  readonly env?: Readonly<Record<string, string>>;
}

type StartOptions = Pick<DaemonOptions, "faults" | "tellsAll" | "failingFileCall">;

let stations = 0;

export class Station {
  readonly server: ChaosServer;
  readonly database: string;
  readonly dir: string;
  /** Those that were started and have not been forgotten. */
  readonly daemons: Daemon[] = [];
  readonly #options: StationOptions;
  #manifest: ManifestWriter;
  #manifests = 1;
  readonly #undo: () => Promise<void>;

  private constructor(
    options: StationOptions,
    dir: string,
    database: string,
    remove: () => Promise<void>,
  ) {
    this.server = options.server;
    this.dir = dir;
    this.database = database;
    this.#options = options;
    this.#manifest = new ManifestWriter(join(dir, "manifest-1.ndjson"));
    this.#undo = options.cleanup.add(async () => {
      await Promise.all(
        this.daemons.filter(({ isRunning }) => isRunning).map((daemon) => daemon.kill9()),
      );
      await remove();
    });
  }

  static async open(options: StationOptions): Promise<Station> {
    const database = `chaos_${process.pid}_${++stations}`;
    const folder = await makeTemporaryFolder("downlink-chaos-");
    await mkdir(join(folder.path, "files", "ingest"), { recursive: true });
    await options.server.createDatabase(database, options.template);
    return new Station(options, folder.path, database, () => folder.remove());
  }

  get filesDir(): string {
    return join(this.dir, "files");
  }

  get check(): CheckOptions {
    const { onComplete = "delete", server } = this.#options;
    const databaseUrl = server.urlOf(this.database);
    const { filesDir } = this;
    return {
      databaseUrl,
      filesDir,
      manifestPath: this.#manifest.path,
      onComplete,
      limits: defaultLimits,
    };
  }

  async start(options: StartOptions = {}): Promise<Daemon> {
    const network = new Network(this.server.urlOf(this.database));
    await network.open();
    const daemon = new Daemon({
      entry: this.#options.build.entry,
      network,
      env: this.#environment(),
      ...options,
    });
    this.daemons.push(daemon);
    return daemon;
  }

  /**
   * Takes the primary keys of readings and rejected lines away, which are belt and braces: what is proved then, epoch
   * and checkpoint hold alone.
   */
  async dropKeys(): Promise<void> {
    await this.alter(`DO $$ DECLARE key record; BEGIN
      FOR key IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
                  WHERE contype = 'p' AND conrelid IN ('telemetry'::regclass, 'rejected_lines'::regclass)
      LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.of, key.conname); END LOOP; END $$`);
  }

  /** What somebody does to the schema behind the daemon's back. */
  async alter(statements: string): Promise<void> {
    await this.query(statements);
  }

  /** On a connection of its own, directly. */
  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.check.databaseUrl });
    client.on("error", () => {}); // A lost connection fails the query too.
    await client.connect();
    try {
      // Several statements at once are possible only without parameters.
      return (
        await (values.length === 0 ? client.query<Row>(text) : client.query<Row>(text, values))
      ).rows;
    } finally {
      await client.end();
    }
  }

  /** Forgets all packages, as a person clears away what is old. Only while everything is loaded and was checked. */
  async clear(): Promise<void> {
    await this.query(
      "TRUNCATE telemetry, rejected_lines, files; DROP SCHEMA IF EXISTS manifest CASCADE",
    );
    for (const folder of ["failed", "archive"]) {
      const path = join(this.filesDir, folder);
      for (const name of await readdir(path).catch(() => [])) await rm(join(path, name));
    }
    this.#manifest = new ManifestWriter(join(this.dir, `manifest-${++this.#manifests}.ndjson`));
  }

  /** Those that run, paused ones too. */
  get running(): Daemon[] {
    return this.daemons.filter(({ isRunning }) => isRunning);
  }

  /** Written beside and renamed in, as a good ground station does; first of all it goes into the manifest. */
  async drop(made: GeneratedPackage, name: string): Promise<void> {
    const inbox = join(this.filesDir, "ingest");
    const part = join(inbox, ".writing.part");
    await writeFile(part, made.bytes);
    this.note(made, name);
    await rename(part, join(inbox, name));
  }

  /** Enters a package into the manifest that comes into the folders in another way. */
  note(made: GeneratedPackage, name: string): void {
    this.#manifest.drop(made, name);
  }

  /** Kills what still runs and removes folder and database. */
  async close(): Promise<void> {
    await this.#undo();
    await this.server.dropDatabase(this.database);
  }

  #environment(): Record<string, string> {
    const { batchRows = 500, maxPackages = 2, onComplete = "delete", env } = this.#options;
    return {
      DOWNLINK_FILES_DIR: this.filesDir,
      DOWNLINK_DATA_DIR: join(this.dir, ".data"),
      DOWNLINK_HTTP_PORT: "off",
      DOWNLINK_SETTLE_MS: "20",
      DOWNLINK_SCAN_INTERVAL_MS: "100",
      DOWNLINK_PARSE_THREADS: "1",
      DOWNLINK_BATCH_ROWS: String(batchRows),
      DOWNLINK_MAX_PACKAGES: String(maxPackages),
      DOWNLINK_ON_COMPLETE: onComplete,
      DOWNLINK_MAX_LINE_BYTES: String(maxLineBytes),
      ...env,
    };
  }
}
