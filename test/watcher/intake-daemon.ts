// Intake on real folders and a real database, without the loading: the tree of a package is one component, which does
// to the ledger row what the test says. Several daemons can stand on the same folders.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Database, type DatabaseOptions } from "../../src/database/database.ts";
import { givenServer } from "../../src/database/server.ts";
import { type ClaimedFile, removeClaimedFile } from "../../src/folders/claimed-file.ts";
import { look } from "../../src/folders/file-identity.ts";
import type { Folders } from "../../src/folders/folders.ts";
import { packageName } from "../../src/folders/package-name.ts";
import { Events } from "../../src/observability/events.ts";
import { type FaultPoints, noFaults } from "../../src/observability/fault-points.ts";
import { logPackages } from "../../src/observability/package-log.ts";
import { systemClock } from "../../src/supervisor/clock.ts";
import { type Component, spawn } from "../../src/supervisor/component.ts";
import { startDynamicSupervisor } from "../../src/supervisor/dynamic-supervisor.ts";
import type { DynamicSupervisor } from "../../src/supervisor/supervisor-api.ts";
import type { OfferOutcome } from "../../src/watcher/file-system-watcher.ts";
import { Intake } from "../../src/watcher/intake.ts";
import type { IntakeContext, IntakeOptions } from "../../src/watcher/intake-context.ts";
import { type LogLines, logLines } from "../observability/log-lines.ts";
import type { TestLedger } from "./test-ledger.ts";

/** What a package's tree does. The ledger row is its daemon's, and the file is in processing/. */
export type Load = (file: ClaimedFile) => Promise<void>;

export interface DaemonOptions {
  readonly folders: Folders;
  readonly name?: string;
  readonly settleMs?: number;
  readonly maxPackages?: number;
  readonly faults?: FaultPoints;
  readonly onComplete?: IntakeOptions["onComplete"];
  readonly archiveMaxBytes?: number;
  readonly makeDatabase?: (options: DatabaseOptions) => Database;
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
    const events = new Events(log);
    logPackages(events, log);
    this.folders = folders;
    const { makeDatabase = (own) => new Database(own) } = options;
    this.database = makeDatabase({
      server: givenServer(url),
      owner: ownerOf(name, folders),
      log,
      events,
      allowUnsafe: true,
    });
    this.#databaseComponent = this.database.start();
    this.#fileParsers = parsers;
    this.#load = load;
    const { faults = noFaults, onComplete = "delete", archiveMaxBytes = 0 } = options;
    const shared = { database: this.database, folders, log, events, faults };
    const limits = {
      settleMs,
      scanIntervalMs: 100,
      maxPackages: () => maxPackages,
      maxLineBytes: 4_096,
      archiveMaxBytes,
      archiveMaxAgeHours: 0,
    };
    this.#options = { ...shared, ...limits, onComplete };
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
      fileParser: ({ file }) => ({
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
  const nowMs = performance.now();
  const times = { seenMs: nowMs - 50, settledMs: nowMs };
  return { name: packageName(bytes), fingerprint: found.fingerprint, ...times };
}
