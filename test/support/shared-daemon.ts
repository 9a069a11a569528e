// A daemon on a test database of the run's server, for tests that need no server of their own.

import { type DaemonOptions, TestDaemon } from "./daemon.ts";
import { LedgerCheck } from "./ledger-check.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { createTestDatabase } from "./test-database.ts";

export interface Station {
  /** Holds `files`. */
  readonly dir: string;
  readonly url: string;
  readonly check: LedgerCheck;
  /** Starts a daemon and waits until it is ready. */
  start(options?: Omit<DaemonOptions, "dir">): Promise<TestDaemon>;
  /** Ends every daemon that still runs, and removes folder and database. */
  close(): Promise<void>;
}

export async function openStation(): Promise<Station> {
  const folder = await makeTemporaryFolder("downlink-station-");
  const database = await createTestDatabase();
  const check = new LedgerCheck(database.url);
  const daemons: TestDaemon[] = [];
  return {
    dir: folder.path,
    url: database.url,
    check,
    async start(options = {}) {
      const env = { DATABASE_URL: database.url, ...options.env };
      const daemon = new TestDaemon({ ...options, dir: folder.path, env });
      daemons.push(daemon);
      await daemon.ready();
      return daemon;
    },
    async close() {
      await Promise.all(daemons.filter(({ isRunning }) => isRunning).map((one) => one.stop()));
      await check.end();
      await database.drop();
      await folder.remove();
    },
  };
}
