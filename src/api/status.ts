// The one page that says what is going on, put together from what is known in memory and the day's totals, which are
// asked of the database at most every two seconds, however many look.
import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseState } from "../database/database.ts";
import { databaseError } from "../database/faults.ts";
import { databaseKey, fileParsersKey } from "../parsers/parts.ts";
import { totalsSince } from "../queries/totals.ts";
import type { Registry } from "../registry/registry.ts";
import { rootKey, treeView } from "../registry/tree-view.ts";
import type { ApiContext } from "./context.ts";
import { readiness } from "./readiness.ts";
import { read } from "./reading.ts";
import { Recent } from "./recent.ts";
import type { PackageInWork, Status, Totals } from "./schemas/status.ts";
import { version } from "./version.ts";

const totalsMs = 2_000;
/** What is known in memory does not wait longer for the rest: who asks gives up after 5 s. */
const longestWaitMs = 2_500;

/** @returns what tells the status of the moment */
export function statusTeller(context: ApiContext): () => Promise<Status> {
  const { registry, onlookers, owner, startedMs, folders } = context;
  const today = new Recent(() => totalsOfToday(context), totalsMs);
  return async () => {
    const database = registry.find(databaseKey);
    const root = registry.find(rootKey);
    const { ready } = await readiness(registry, folders);
    return {
      at: new Date().toISOString(),
      version,
      daemon: owner,
      startedAt: new Date(startedMs).toISOString(),
      uptimeSeconds: Math.round(process.uptime()),
      memoryBytes: process.memoryUsage.rss(),
      ready,
      parts: root === undefined ? [] : treeView(root).children.map(withoutChildren),
      database: {
        state: database?.state.kind ?? "stopped",
        url: database?.shownUrl ?? null,
        error: errorOf(database?.state),
      },
      throttle: onlookers.throttle,
      inboxFiles: onlookers.inboxFiles,
      work: inWork(onlookers.board.all(), registry),
      today: await inTime(today.get()).catch(() => null), // The state of the database says why.
    };
  };
}

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  const over = new AbortController();
  const { signal } = over;
  try {
    return await Promise.race([answer, delay(longestWaitMs, null, { signal })]);
  } finally {
    over.abort();
  }
}

function withoutChildren({ id, state, restarts, since }: Status["parts"][number]) {
  return { id, state, restarts, since };
}

function errorOf(state: DatabaseState | undefined): string | null {
  if (state?.kind !== "away" && state?.kind !== "refused") return null;
  const error = databaseError(state.error);
  return error instanceof Error ? error.message : String(error);
}

/** A run that lost its package to another daemon is not told to have ended; its component is no more. */
function inWork(packages: PackageInWork[], registry: Registry): PackageInWork[] {
  const children = registry.find(fileParsersKey)?.inspect().children ?? [];
  const running = new Set(children.map(({ id }) => id));
  return packages.filter(({ state, fileId }) => {
    return state === "claimed" || running.has(`file-parser:${fileId}`);
  });
}

async function totalsOfToday(context: ApiContext): Promise<Totals> {
  const since = `${new Date().toISOString().slice(0, 10)}T00:00:00.000000Z`;
  return { since, ...(await read(context, (db) => totalsSince(db, since))) };
}
