// When all that was dropped is loaded: inbox and processing/ are empty and no row is in work. A station that makes no
// progress is stuck, which is a violation like any other.
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Station } from "./station.ts";

const pollMs = 50;

export interface SettleLimits {
  /** Without any progress. */
  readonly standstillMs: number;
  /** In all. */
  readonly totalMs: number;
}

export const usualLimits: SettleLimits = { standstillMs: 60_000, totalMs: 600_000 };

/** How far the loading is; what changes while there is progress. */
interface Progress {
  readonly inWork: number;
  readonly rows: string;
}

/** @returns what is still to be done when no progress was made for too long; undefined when all is done */
export async function untilSettled(
  station: Station,
  limits = usualLimits,
): Promise<string | undefined> {
  const pool = new pg.Pool({ connectionString: station.check.databaseUrl, max: 1 });
  pool.on("error", () => {});
  const startedAtMs = performance.now();
  let last = "";
  let movedAtMs = startedAtMs;
  try {
    for (;;) {
      const waiting = await filesWaiting(station);
      const { inWork, rows } = await progress(pool);
      if (waiting.length === 0 && inWork === 0) return undefined;
      const now = JSON.stringify([waiting.length, inWork, rows]);
      if (now !== last) [last, movedAtMs] = [now, performance.now()];
      const stoodMs = performance.now() - movedAtMs;
      const hasWorker = station.running.length > 0;
      if (
        !hasWorker ||
        stoodMs > limits.standstillMs ||
        performance.now() - startedAtMs > limits.totalMs
      ) {
        return `${inWork} packages in work, waiting: ${waiting.slice(0, 5).join(", ")}${hasWorker ? "" : "; no daemon runs"}`;
      }
      await delay(pollMs);
    }
  } finally {
    await pool.end();
  }
}

/** @returns whether there is anything to be loaded */
export async function hasWork(station: Station): Promise<boolean> {
  return (await filesWaiting(station)).length > 0;
}

async function filesWaiting({ filesDir }: Station): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["ingest", "processing"]) {
    for (const entry of await entriesOf(join(filesDir, folder))) {
      if (entry === moving) found.push(`${folder}/?`);
      else if (entry.isFile() && !entry.name.startsWith(".")) {
        found.push(join(folder, entry.name.slice(0, 60)));
      }
    }
  }
  return found;
}

/** A claim was made or removed while the folder was read: what lies there now is not known. */
const moving = "moving";

async function entriesOf(folder: string): Promise<readonly (Dirent | typeof moving)[]> {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    const isMissing = error instanceof Error && "path" in error && error.path === folder;
    return isMissing ? [] : [moving];
  }
}

async function progress(pool: pg.Pool): Promise<Progress> {
  const { rows } = await pool
    .query<Progress>(
      `SELECT count(*) FILTER (WHERE status = 'processing')::int AS "inWork",
              concat_ws('/', count(*), sum(checkpoint_line), sum(owner_epoch)) AS rows FROM files`,
    )
    .catch(() => ({ rows: [{ inWork: -1, rows: "away" }] }));
  return rows[0] ?? { inWork: -1, rows: "none" };
}
