// The whole supervision tree as data: read it and know the system. Start order is dependency order, a stop is its
// reverse, and rest_for_one says the same of failure: each child needs those before it.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { httpStarter } from "./api/http-server.ts";
import { Onlookers } from "./api/live/onlookers.ts";
import { ReadGate } from "./api/read-gate.ts";
import type { Config } from "./config.ts";
import { Database } from "./database/database.ts";
import { embeddedServer, givenServer } from "./database/server.ts";
import type { Folders } from "./folders/folders.ts";
import type { Events } from "./observability/events.ts";
import type { FaultPoints } from "./observability/fault-points.ts";
import type { Log } from "./observability/log.ts";
import type { Exposition } from "./observability/prometheus.ts";
import { fileParser } from "./parsers/file-parser.ts";
import { createParsePool } from "./parsers/parse-pool.ts";
import {
  databaseKey,
  fileParsersKey,
  parsePoolKey,
  settingsKey,
  throttleKey,
} from "./parsers/parts.ts";
import { AdaptiveThrottle } from "./persister/adaptive-throttle.ts";
import { type Registry, registryKey } from "./registry/registry.ts";
import { LiveSettings } from "./settings/live-settings.ts";
import { startSettings } from "./settings/setting.ts";
import type { SupervisorSpec } from "./supervisor/child-spec.ts";
import { systemClock } from "./supervisor/clock.ts";
import { type Component, spawn } from "./supervisor/component.ts";
import { startDynamicSupervisor } from "./supervisor/dynamic-supervisor.ts";
import type { ReportFunction } from "./supervisor/report.ts";
import { startSupervisor } from "./supervisor/supervisor.ts";
import { fileSystemWatcher } from "./watcher/file-system-watcher.ts";
import { Intake } from "./watcher/intake.ts";

/** What the daemon is made of before its tree is. */
export interface TreeOptions {
  readonly config: Config;
  readonly folders: Folders;
  /** Name of this daemon's life, as in `files.owner`. */
  readonly owner: string;
  readonly log: Log;
  readonly events: Events;
  readonly faults: FaultPoints;
  readonly registry: Registry;
  readonly report: ReportFunction;
  /** What a scrape is answered. */
  readonly metrics: () => Promise<Exposition>;
}

export const intakeKey = registryKey<Intake>("intake");

export function telemetryTree(options: TreeOptions): SupervisorSpec {
  const { report } = options;
  const others = outside(options); // Once: what onlookers are shown is kept across restarts by the root too.
  return {
    id: "telemetry",
    strategy: "rest_for_one",
    maxRestarts: 3,
    maxSeconds: 30, // Giving up ends the process with 1.
    children: [
      // An unreachable server is a state it waits out, not a crash. Time to stop the embedded server.
      { id: "database", start: () => startDatabase(options), shutdownMs: 2_500 },
      // Holds what the table says, and asks it again.
      { id: "settings", start: () => startLiveSettings(options), shutdownMs: 100 },
      // Looks at the server, and holds no more than what it saw last.
      { id: "throttle", start: () => startThrottle(options), shutdownMs: 100 },
      // The pool replaces a thread that dies; what is left at a stop is terminated.
      { id: "parse-workers", start: () => startParseWorkers(options), shutdownMs: 500 },
      // One child for each package that is being loaded (parsers/file-parser.ts), all stopped at once.
      { id: "file-parsers", start: () => startFileParsers(options), type: "supervisor" },
      // Its claims are renames and ledger rows, and both are found again.
      { id: "intake", start: () => startIntake(options), shutdownMs: 500 },
      // Holds a set of names, made anew by the next scan.
      { id: "file-system-watcher", start: () => startWatcher(options), shutdownMs: 500 },
      // Where others look in. Should it give up, the loading goes on without it.
      {
        id: "outside",
        start: () => startSupervisor(others, { clock: systemClock, report }),
        type: "supervisor",
        restart: "transient",
      },
    ],
  };
}

/** What is reached from outside. Nothing in the daemon needs it. */
export function outside(options: TreeOptions): SupervisorSpec {
  return {
    id: "outside",
    strategy: "one_for_one",
    maxRestarts: 5,
    maxSeconds: 60,
    children: [
      // Cuts off who is still connected.
      { id: "http", start: startHttp(options), restart: "transient", shutdownMs: 300 },
    ],
  };
}

async function startDatabase(options: TreeOptions): Promise<Component> {
  const { config, owner, log, events, registry } = options;
  const { databaseUrl, dataDir, databasePort: port, allowUnsafeDatabase: allowUnsafe } = config;
  const server =
    databaseUrl === undefined ? embeddedServer({ dataDir, port, log }) : givenServer(databaseUrl);
  const database = new Database({ server, owner, log, events, allowUnsafe });
  const component = database.start();
  registry.register(databaseKey, component, database);
  return component;
}

async function startLiveSettings(options: TreeOptions): Promise<Component> {
  const { config, log, events, registry } = options;
  const database = registry.get(databaseKey);
  const settings = new LiveSettings({ database, start: startSettings(config), log, events });
  const component = settings.start();
  registry.register(settingsKey, component, settings);
  return component;
}

async function startThrottle({ log, events, registry }: TreeOptions): Promise<Component> {
  const settings = registry.get(settingsKey);
  const throttle = new AdaptiveThrottle({
    database: registry.get(databaseKey),
    settings: () => settings.current,
    whenKnown: (signal) => settings.whenRead(signal),
    log,
    events,
  });
  const component = throttle.start();
  registry.register(throttleKey, component, throttle);
  return component;
}

async function startParseWorkers({ config, registry }: TreeOptions): Promise<Component> {
  const { parseThreads: threads, maxLineBytes } = config;
  const pool = createParsePool({ threads, maxLineBytes, closeMs: 300 });
  const component = spawn(async ({ stopping }) => {
    if (!stopping.aborted) await once(stopping, "abort");
    await pool.close();
  });
  registry.register(parsePoolKey, component, pool);
  return component;
}

async function startFileParsers({ registry, report }: TreeOptions): Promise<Component> {
  const settings = registry.get(settingsKey);
  const spec = { id: "file-parsers", maxChildren: () => settings.current.maxPackages };
  const supervisor = await startDynamicSupervisor(spec, { clock: systemClock, report });
  registry.register(fileParsersKey, supervisor, supervisor);
  return supervisor;
}

async function startIntake(options: TreeOptions): Promise<Component> {
  const { config, events, registry } = options;
  const settings = registry.get(settingsKey);
  const adaptive = registry.get(throttleKey);
  const { throttle } = adaptive;
  const shared = {
    ...config,
    ...options,
    database: registry.get(databaseKey),
    maxPackages: () => settings.current.maxPackages,
    batchRows: () => settings.current.batchRows,
  };
  const intake = new Intake({
    ...shared,
    fileParsers: () => registry.get(fileParsersKey),
    fileParser: (run) => fileParser(run, { ...shared, throttle }),
  });
  const component = intake.start();
  const unsubscribe = events.subscribe(({ kind }) => {
    if (kind !== "settings_changed") return;
    adaptive.settingsChanged();
    intake.resize();
  });
  void component.exited.then(unsubscribe);
  registry.register(intakeKey, component, intake);
  return component;
}

async function startWatcher(options: TreeOptions): Promise<Component> {
  const { config, folders, registry } = options;
  return fileSystemWatcher({
    ...config,
    ...options,
    ingest: folders.ingest,
    offer: (offer, signal) => registry.get(intakeKey).offer(offer, signal),
  });
}

/** The dashboard's files, beside the compiled program; from the sources, where the build puts them too. */
const webDir = fileURLToPath(new URL("../dist/web", import.meta.url));
const heartbeatMs = 15_000;

/** What onlookers are shown is kept across restarts of the server. */
function startHttp(options: TreeOptions): () => Promise<Component | "ignore"> {
  const { config, events } = options;
  const { httpHost: host, httpPort: port, apiToken: token } = config;
  if (port === "off") return async () => "ignore";
  const onlookers = new Onlookers(events, config.maxRowsPerSecond);
  const gate = new ReadGate({ isLoading: () => onlookers.board.isLoading });
  const shared = { ...options, ...config, host, port, token, onlookers, gate, webDir, heartbeatMs };
  return httpStarter({ ...shared, startSettings: startSettings(config), startedMs: Date.now() });
}
