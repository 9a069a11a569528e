// A committer on a real database, as a persister has one.
import type { Database } from "../../src/database/database.ts";
import { Events } from "../../src/observability/events.ts";
import { type FaultPoints, noFaults } from "../../src/observability/fault-points.ts";
import type { Log } from "../../src/observability/log.ts";
import { BatchCommitter, type CommitterOptions } from "../../src/persister/batch-committer.ts";
import { freeThrottle } from "./free-throttle.ts";

export interface CommitterFixture {
  readonly committer: BatchCommitter;
  readonly stopping: AbortController;
  readonly killed: AbortController;
}

export function makeCommitter(
  { database, log }: { readonly database: Database; readonly log: Log },
  faults: FaultPoints = noFaults,
  options: Partial<CommitterOptions> = {},
): CommitterFixture {
  const [stopping, killed] = [new AbortController(), new AbortController()];
  const committer = new BatchCommitter(
    {
      database,
      throttle: freeThrottle(),
      faults,
      log,
      events: new Events(log),
      maxRejectsStored: 1_000,
      isFileUnchanged: () => Promise.resolve(true),
      ...options,
    },
    { stopping: stopping.signal, killed: killed.signal },
  );
  return { committer, stopping, killed };
}
