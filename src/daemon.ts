// The daemon's life in one process: configuration, tree, readiness, signals, exit code. Given its fault points, so
// that tests run the same daemon with others.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { isatty } from "node:tty";
import { httpKey } from "./api/http-server.ts";
import { type Config, readConfig } from "./config.ts";
import { daemonMetrics } from "./daemon-metrics.ts";
import { SetupError } from "./errors.ts";
import { isOpenToAll, prepareFolders } from "./folders/folders.ts";
import { Events } from "./observability/events.ts";
import type { FaultPoints } from "./observability/fault-points.ts";
import { announce, createLog, type Log } from "./observability/log.ts";
import { logPackages } from "./observability/package-log.ts";
import { databaseKey } from "./parsers/parts.ts";
import { Registry } from "./registry/registry.ts";
import { rootKey } from "./registry/tree-view.ts";
import { reportTo } from "./supervision-log.ts";
import { systemClock } from "./supervisor/clock.ts";
import { startSupervisor } from "./supervisor/supervisor.ts";
import type { Supervisor } from "./supervisor/supervisor-api.ts";
import { telemetryTree } from "./tree.ts";

/** The limits of the tree add up to less; what still runs then is abandoned, and found again by the next start. */
const longestStopMs = 9_500;

/** Under `npm start` Ctrl-C comes twice, from the terminal and from npm: within this time it is one. */
const echoMs = 500;

export type ExitCode = 0 | 1 | 2;

/** Runs until a signal, a failure, or the end of the root. @returns the process's exit code */
export async function runDaemon(faults: FaultPoints): Promise<ExitCode> {
  const life = new Life();
  try {
    const config = readConfig(process.env);
    const log = createLog(config.logLevel);
    life.logTo(log);
    await serve(config, log, faults, life);
  } catch (error) {
    life.end(error);
  }
  return life.exitCode();
}

async function serve(config: Config, log: Log, faults: FaultPoints, life: Life): Promise<void> {
  const folders = await prepareFolders(config.filesDir, config.dataDir);
  if (process.getuid?.() === 0 && (await isOpenToAll(folders.ingest))) {
    const { ingest } = folders;
    log.warn(
      { ingest },
      "running as root on an inbox that everybody may write to: use an account of its own",
    );
  }
  const owner = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}@${folders.id}`;
  const registry = new Registry();
  const events = new Events(log);
  logPackages(events, log);
  const report = reportTo(log, events, (error) => life.noticeSetup(error));
  const metrics = daemonMetrics({ events, registry, folders, dataDir: config.dataDir });
  const shared = { config, folders, owner, log, events, faults, registry, report, metrics };
  const tree = telemetryTree(shared);
  const { ending } = life;
  const root = await startSupervisor(tree, { clock: systemClock, report, signal: ending });
  void root.exited.then(() => life.end(undefined));
  registry.register(rootKey, root, root);
  try {
    const database = registry.get(databaseKey);
    await database.whenReady(ending);
    const http = registry.find(httpKey)?.url ?? null;
    announce(log, { ingestDir: folders.ingest, http, database: database.shownUrl }, "ready");
    await life.ended;
  } catch (error) {
    life.end(error);
  }
  await stop(root, log);
}

async function stop(root: Supervisor, log: Log): Promise<void> {
  const deadline = setTimeout(() => {
    log.error("the stop takes too long, abandoning what is left");
    root.kill();
  }, longestStopMs);
  root.stop();
  await root.exited;
  clearTimeout(deadline);
  log.info("stopped");
}

/** How the process comes to its end, and with which code. The first cause stands. */
class Life {
  readonly ended: Promise<void>;
  readonly #ending = new AbortController();
  #cause: "asked" | "failed" | "setup" | undefined;
  #log: Log | undefined;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.ending.addEventListener("abort", () => resolve(), { once: true });
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => this.#asked(signal));
    }
    // Nobody's child failed: nothing can be said of the state we are in, so the root is stopped.
    process.on("uncaughtException", (error) => this.end(error));
    process.on("unhandledRejection", (error) => this.end(error));
  }

  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  logTo(log: Log): void {
    this.#log = log;
  }

  /** Ends the life for what went wrong; undefined: the root ended without being asked. */
  end(error: unknown): void {
    if (this.#cause !== undefined) return;
    if (error instanceof SetupError) {
      this.noticeSetup(error);
      return;
    }
    this.#cause = "failed";
    if (error !== undefined) this.#tell(error);
    this.#ending.abort();
  }

  /** A component found that a person must set something right. */
  noticeSetup(error: SetupError): void {
    if (this.#cause !== undefined) return;
    this.#cause = "setup";
    process.stderr.write(`downlink: ${error.message}\n`);
    this.#ending.abort();
  }

  exitCode(): ExitCode {
    return this.#cause === "asked" ? 0 : this.#cause === "setup" ? 2 : 1;
  }

  #asked(signal: NodeJS.Signals): void {
    if (this.#cause !== undefined) {
      if (this.#isEcho(signal)) return;
      process.exit(130);
    }
    this.#cause = "asked";
    this.#askedAtMs = performance.now();
    this.#log?.info("stopping");
    this.#ending.abort();
  }

  #isEcho(signal: NodeJS.Signals): boolean {
    return signal === "SIGINT" && isatty(0) && performance.now() - this.#askedAtMs < echoMs;
  }

  #tell(err: unknown): void {
    if (this.#log === undefined) process.stderr.write(`downlink: ${String(err)}\n`);
    else this.#log.fatal({ err }, "the daemon ends");
  }
}
