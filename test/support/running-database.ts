// The database component as the tree runs it, on a given server.
import { Database, type DatabaseLimits } from "../../src/database/database.ts";
import { type DatabaseServer, givenServer } from "../../src/database/server.ts";
import { Events } from "../../src/observability/events.ts";
import { type CapturedLog, capturedLog } from "./captured-log.ts";

export interface RunningDatabase extends CapturedLog {
  readonly database: Database;
  /** Resolves when the component has ended. May be called twice. */
  stop(): Promise<void>;
}

/** Allows an unsafe server, which the tests' own is: it does without fsync. */
export function runDatabase(
  server: DatabaseServer | string,
  owner = "test",
  allowUnsafe = true,
  limits: DatabaseLimits = {},
): RunningDatabase {
  const captured = capturedLog();
  const events = new Events(captured.log);
  const given = typeof server === "string" ? givenServer(server) : server;
  const database = new Database({
    server: given,
    owner,
    log: captured.log,
    events,
    allowUnsafe,
    limits,
  });
  const component = database.start();
  return {
    ...captured,
    database,
    async stop() {
      component.stop();
      await component.exited;
    },
  };
}
