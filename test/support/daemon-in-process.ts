// The daemon's tree in this process, on a database and folders of its own, for tests that look at what no other process
// sees: events, metrics, the log as it is written.
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { daemonMetrics } from "../../src/daemon-metrics.ts";
import type { SetupError } from "../../src/errors.ts";
import { prepareFolders } from "../../src/folders/folders.ts";
import { type DaemonEvent, Events } from "../../src/observability/events.ts";
import { type FaultPoints, noFaults } from "../../src/observability/fault-points.ts";
import { logPackages } from "../../src/observability/package-log.ts";
import { databaseKey } from "../../src/parsers/parts.ts";
import { Registry } from "../../src/registry/registry.ts";
import { reportTo } from "../../src/supervision-log.ts";
import { systemClock } from "../../src/supervisor/clock.ts";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import type { Supervisor } from "../../src/supervisor/supervisor-api.ts";
import { telemetryTree } from "../../src/tree.ts";
import { type LogLines, logLines } from "../observability/log-lines.ts";
import { LedgerCheck } from "./ledger-check.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { createTestDatabase } from "./test-database.ts";

export interface DaemonInProcess {
  /** Holds `files`. */
  readonly dir: string;
  readonly check: LedgerCheck;
  readonly logged: LogLines;
  readonly events: Events;
  /** All that were published. */
  readonly heard: DaemonEvent[];
  readonly registry: Registry;
  readonly root: Supervisor;
  /** What a person was told to set right: a daemon of its own would have ended. */
  readonly setup: SetupError[];
  /** What Prometheus would be answered. */
  scrape(): Promise<string>;
  /** Stops it, and removes folder and database. May be called twice. */
  close(): Promise<void>;
}

/** Starts it and waits until it is ready. @param env as of a daemon; folders and database are given. */
export async function startDaemonInProcess(
  env: Readonly<Record<string, string>> = {},
  faults: FaultPoints = noFaults,
): Promise<DaemonInProcess> {
  const folder = await makeTemporaryFolder();
  const { url, drop } = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: url,
    DOWNLINK_FILES_DIR: join(folder.path, "files"),
    DOWNLINK_DATA_DIR: join(folder.path, ".data"),
    DOWNLINK_ALLOW_UNSAFE_DATABASE: "true",
    DOWNLINK_HTTP_PORT: "off",
    DOWNLINK_THROTTLE: "off", // Other tests on the same server would be given way to.
    DOWNLINK_SETTLE_MS: "50",
    DOWNLINK_SCAN_INTERVAL_MS: "100",
    ...env,
  });
  const folders = await prepareFolders(config.filesDir, config.dataDir);
  const logged = logLines();
  const { log } = logged;
  const events = new Events(log);
  const heard: DaemonEvent[] = [];
  events.subscribe((event) => heard.push(event));
  logPackages(events, log);
  const registry = new Registry();
  const setup: SetupError[] = [];
  const report = reportTo(log, events, (error) => setup.push(error));
  const owner = `test:1:test@${folders.id}`;
  const metrics = daemonMetrics({ events, registry, folders, dataDir: config.dataDir });
  const shared = { config, folders, owner, log, events, faults, registry, report, metrics };
  const tree = telemetryTree(shared);
  const root = await startSupervisor(tree, { clock: systemClock, report });
  await registry.get(databaseKey).whenReady(AbortSignal.timeout(20_000));
  const check = new LedgerCheck(url);
  const end = async (): Promise<void> => {
    root.stop();
    await root.exited;
    await check.end();
    await drop();
    await folder.remove();
  };
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ended ??= end();
    return ended;
  };
  const scrape = async (): Promise<string> => (await metrics()).text;
  return { dir: folder.path, check, logged, events, heard, registry, root, setup, scrape, close };
}
