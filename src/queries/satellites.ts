// What there is of each satellite type: how many packages and readings, from when to when, and its latest reading.
import { asc, count, isNotNull, sql } from "drizzle-orm";
import { files } from "../database/schema.ts";
import { isoTimeOrNull } from "./iso-time.ts";
import type { Queryable } from "./queryable.ts";
import { findLatestPoint, type TelemetryPoint } from "./telemetry-points.ts";

export interface SatelliteSummary {
  readonly satelliteType: string;
  readonly packages: number;
  readonly importedLines: number;
  readonly errors: number;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** The reading of the latest time, which need not have come last. */
  readonly latest: TelemetryPoint | null;
}

/** Types of which there are packages, by name. Duplicates count as packages. */
export async function summariseSatellites(db: Queryable): Promise<SatelliteSummary[]> {
  const rows = await db
    .select({
      satelliteType: sql<string>`${files.satelliteType}`,
      packages: count(),
      importedLines: sql<number>`sum(${files.importedLines})::float8`,
      errors: sql<number>`sum(${files.errors})::float8`,
      first: sql<string | null>`min(${files.firstTimestamp})`,
      last: sql<string | null>`max(${files.lastTimestamp})`,
    })
    .from(files)
    .where(isNotNull(files.satelliteType))
    .groupBy(files.satelliteType)
    .orderBy(asc(files.satelliteType));
  const summaries: SatelliteSummary[] = [];
  for (const { first, last, ...row } of rows) {
    const latest = last === null ? null : await findLatestPoint(db, row.satelliteType, last);
    const times = { firstTimestamp: isoTimeOrNull(first), lastTimestamp: isoTimeOrNull(last) };
    summaries.push({ ...row, ...times, latest });
  }
  return summaries;
}
