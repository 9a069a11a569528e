// Intake on real folders and a real database, without the loading: the tree of a package is one component, which does
// to the ledger row what the test says. Several daemons can stand on the same folders.
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from "vitest";
import { Database } from "../../src/database/database.ts";
import { givenServer } from "../../src/database/server.ts";
import { type ClaimedFile, removeClaimedFile } from "../../src/folders/claimed-file.ts";
import { look } from "../../src/folders/file-identity.ts";
import { type Folders, prepareFolders } from "../../src/folders/folders.ts";
import { packageName } from "../../src/folders/package-name.ts";
import { type FaultPoints, noFaults } from "../../src/observability/fault-points.ts";
import { systemClock } from "../../src/supervisor/clock.ts";
import { type Component, spawn } from "../../src/supervisor/component.ts";
import { startDynamicSupervisor } from "../../src/supervisor/dynamic-supervisor.ts";
import type { DynamicSupervisor } from "../../src/supervisor/supervisor-api.ts";
import type { OfferOutcome } from "../../src/watcher/file-system-watcher.ts";
import { Intake } from "../../src/watcher/intake.ts";
import type { IntakeContext, IntakeOptions } from "../../src/watcher/intake-context.ts";
import { type LogLines, logLines } from "../observability/log-lines.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { createTestDatabase } from "../support/test-database.ts";

export interface LedgerFile {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly sha256: string | null;
  readonly size: number;
  readonly checkpoint: number;
  readonly attempts: number;
  readonly owner: string | null;
  readonly duplicate_of: number | null;
  readonly error: string | null;
}

export const sha256 = (bytes: string | Buffer): string =>
  createHash("sha256").update(bytes).digest("hex");

/** Resolves when the condition holds; fails with what it then gives when it does not in time. */
export const soon = { timeout: 10_000, interval: 10 };

/** The ledger of a test file, seen from outside. Empty at the beginning of each test. */
export class TestLedger {
  #url = "";
  #pool = new pg.Pool();

  constructor() {
    let drop = async (): Promise<void> => {};
    beforeAll(async () => {
      const database = await createTestDatabase();
      ({ url: this.#url, drop } = database);
      await migrate(this.#url);
      this.#pool = new pg.Pool({ connectionString: this.#url, max: 2 });
    });
    beforeEach(async () => {
      await this.#pool.query("TRUNCATE files, telemetry, rejected_lines");
    });
    afterAll(async () => {
      await this.#pool.end();
      await drop();
    });
  }

  get url(): string {
    return this.#url;
  }

  async rows(): Promise<LedgerFile[]> {
    const { rows } = await this.#pool.query<LedgerFile>(
      `SELECT id::int, name, status, sha256, size_bytes::int8::float8 AS size, checkpoint_line::int AS checkpoint,
         attempts, owner, duplicate_of::int, error FROM files ORDER BY id`,
    );
    return rows;
  }

  async row(id: number): Promise<LedgerFile | undefined> {
    return (await this.rows()).find((row) => row.id === id);
  }

  /** How many rows have each status. */
  async statuses(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status } of await this.rows()) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  /** Writes a row as an earlier life might have left it. */
  async enter(row: Pick<LedgerFile, "status" | "sha256"> & Partial<LedgerFile>): Promise<number> {
    const { status, name = "left.json", checkpoint = 1, attempts = 0 } = row;
    const error = row.error ?? (status === "failed" ? "failed before" : null);
    const { rows } = await this.#pool.query<{ id: number }>(
      `INSERT INTO files (name, sha256, size_bytes, status, checkpoint_line, attempts, owner, error, duplicate_of)
       VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8) RETURNING id::int`,
      [
        name,
        row.sha256,
        status,
        checkpoint,
        attempts,
        row.owner ?? null,
        error,
        row.duplicate_of ?? null,
      ],
    );
    return rows[0]?.id ?? 0;
  }

  async nextId(): Promise<number> {
    const { rows } = await this.#pool.query<{ id: number }>(
      "SELECT nextval(pg_get_serial_sequence('files', 'id'))::int AS id",
    );
    return rows[0]?.id ?? 0;
  }

  /** The last id that was given out. */
  async lastId(): Promise<number> {
    const { rows } = await this.#pool.query<{ id: number }>(
      "SELECT last_value::int AS id FROM files_id_seq",
    );
    return rows[0]?.id ?? 0;
  }

  /** What the end of a good package does to its row. */
  async complete(id: number): Promise<void> {
    await this.#pool.query(
      "UPDATE files SET status = 'complete', completed_at = now(), owner = NULL WHERE id = $1 AND status = 'processing'",
      [id],
    );
  }

  async fail(id: number, error: string): Promise<void> {
    await this.#pool.query(
      "UPDATE files SET status = 'failed', error = $2, owner = NULL WHERE id = $1",
      [id, error],
    );
  }

  /** Advisory locks on a claim, held by whomever. */
  async claimLocks(id: number): Promise<number> {
    const { rows } = await this.#pool.query<{ count: number }>(
      `SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
         AND (classid::bigint << 32) | objid::bigint = hashtextextended('downlink claim ' || $1::text, 0)`,
      [id],
    );
    return rows[0]?.count ?? 0;
  }
}

/** Tables are made by the component, as at every start. */
async function migrate(url: string): Promise<void> {
  const database = new Database({ server: givenServer(url), owner: "first", log: logLines().log });
  const component = database.start();
  await database.whenReady(AbortSignal.timeout(10_000));
  component.stop();
  await component.exited;
}

/** Folders of their own for one test. */
export async function makeFolders(): Promise<Folders> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  return prepareFolders(join(folder.path, "files"), join(folder.path, "data"));
}

/** What a package's tree does. The ledger row is its daemon's, and the file is in processing/. */
export type Load = (file: ClaimedFile) => Promise<void>;

export interface DaemonOptions {
  readonly folders: Folders;
  readonly name?: string;
  readonly settleMs?: number;
  readonly maxPackages?: number;
  readonly faults?: FaultPoints;
  /** Default: the package is completed and its file removed. */
  readonly load?: Load;
}

/** One daemon's part of intake, stopped at the end of the test. */
export class IntakeDaemon {
  readonly folders: Folders;
  readonly database: Database;
  readonly logged: LogLines = logLines();
  /** File ids in the order in which their trees were started. */
  readonly runs: number[] = [];
  readonly #options: IntakeOptions;
  readonly #fileParsers: DynamicSupervisor;
  readonly #load: Load;
  readonly #databaseComponent: Component;
  #intake: { readonly intake: Intake; readonly component: Component } | undefined;

  private constructor(url: string, options: DaemonOptions, load: Load, parsers: DynamicSupervisor) {
    const { folders, name = "daemon:1:test", settleMs = 0, maxPackages = 2 } = options;
    const { log } = this.logged;
    this.folders = folders;
    this.database = new Database({ server: givenServer(url), owner: ownerOf(name, folders), log });
    this.#databaseComponent = this.database.start();
    this.#fileParsers = parsers;
    this.#load = load;
    const shared = { database: this.database, folders, log, faults: options.faults ?? noFaults };
    const limits = { settleMs, scanIntervalMs: 100, maxPackages, maxLineBytes: 4_096 };
    this.#options = { ...shared, ...limits, onComplete: "delete" };
  }

  /** Makes it without its intake: `start` that when all is laid out. */
  static async make(ledger: TestLedger, options: DaemonOptions): Promise<IntakeDaemon> {
    const report = (): void => {};
    const spec = { id: "file-parsers", maxChildren: Number.POSITIVE_INFINITY };
    const parsers = await startDynamicSupervisor(spec, { clock: systemClock, report });
    const load =
      options.load ??
      (async (file: ClaimedFile) => {
        await ledger.complete(file.fileId);
        await removeClaimedFile(options.folders, file);
      });
    const daemon = new IntakeDaemon(ledger.url, options, load, parsers);
    onTestFinished(() => daemon.close());
    await daemon.database.whenReady(AbortSignal.timeout(10_000));
    return daemon;
  }

  /** The same, with its intake running. */
  static async start(ledger: TestLedger, options: DaemonOptions): Promise<IntakeDaemon> {
    const daemon = await IntakeDaemon.make(ledger, options);
    daemon.start();
    return daemon;
  }

  get owner(): string {
    return this.database.owner;
  }

  /** Starts intake, or the next one after its end. */
  start(): Component {
    const intake = new Intake({
      ...this.#options,
      fileParsers: () => this.#fileParsers,
      fileParser: (file) => ({
        id: `file-parser:${file.fileId}`,
        restart: "temporary",
        shutdownMs: 0,
        start: async () => {
          this.runs.push(file.fileId);
          return spawn(() => this.#load(file));
        },
      }),
    });
    const component = intake.start();
    this.#intake = { intake, component };
    return component;
  }

  /** What the parts of intake are given. */
  context(): IntakeContext {
    return { ...this.#options, stopping: new AbortController().signal, inHand: new Set() };
  }

  /** Offers a file of the inbox as the watcher would, as it is now. @returns what became of it */
  async offer(name: string | Buffer): Promise<OfferOutcome> {
    const candidate = await candidateOf(this.folders, name);
    const { intake } = this.#intake ?? {};
    return new Promise((resolve, reject) => {
      intake
        ?.offer({ ...candidate, failures: 0, settle: resolve }, AbortSignal.timeout(10_000))
        .catch(reject);
    });
  }

  async drop(name: string, bytes: string | Buffer): Promise<OfferOutcome> {
    await writeFile(join(this.folders.ingest, name), bytes);
    return this.offer(name);
  }

  /** Ends the intake alone, as if it had crashed: its packages run on. */
  async stopIntake(): Promise<void> {
    this.#intake?.component.stop();
    await this.#intake?.component.exited;
    this.#intake = undefined;
  }

  /** The same order as the tree's stop. May be called twice. */
  async close(): Promise<void> {
    await this.stopIntake();
    for (const component of [this.#fileParsers, this.#databaseComponent]) {
      component.stop();
      await component.exited;
    }
  }
}

export const ownerOf = (name: string, { id }: Folders): string => `${name}@${id}`;

export async function candidateOf({ ingest }: Folders, name: string | Buffer) {
  const bytes = Buffer.from(name);
  const found = await look(Buffer.concat([Buffer.from(`${ingest}/`), bytes]));
  if (found.kind !== "file") throw new Error(`no file: ${bytes}`);
  return { name: packageName(bytes), fingerprint: found.fingerprint };
}

/** Puts a file where an earlier life has left it. */
export async function leave(
  { processing }: Folders,
  id: number,
  bytes: string,
  name = "left.json",
): Promise<string> {
  const folder = join(processing, String(id));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

export async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith(".")).sort();
}

/** Nothing of a package is left in the folders but what was put aside. */
export async function expectEmpty(folders: Folders): Promise<void> {
  await expect.poll(() => namesIn(folders.processing), soon).toEqual([]);
  expect(await namesIn(folders.ingest)).toEqual([]);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The content of each file in failed/, by name. */
export async function failedFiles({ failed }: Folders): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await namesIn(failed))
    found[name] = await readFile(join(failed, name), "utf8");
  return found;
}

/** Something that is held until the test lets it go. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
