// Which readings a question is about: those of one package, or those of one satellite type in a range of time. The
// readings of a package are found by the primary key, those of a type by its packages and the block range index.
import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { files, telemetry } from "../database/schema.ts";
import type { Queryable } from "./queryable.ts";

/** ISO 8601: from `since` on, before `until`. Undefined: as far as there are readings. */
export interface TimeRange {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export type Readings = TimeRange &
  (
    | { readonly fileId: number; readonly satelliteType?: undefined }
    | { readonly satelliteType: string; readonly fileId?: undefined }
  );

/** The condition on rows of `telemetry`. */
export function isAmong(readings: Readings): SQL | undefined {
  const { since, until } = readings;
  return and(
    readings.fileId === undefined
      ? sql`${telemetry.fileId} IN (SELECT ${files.id} FROM ${files} WHERE ${isFileAmong(readings)})`
      : eq(telemetry.fileId, readings.fileId),
    since === undefined ? undefined : gte(telemetry.timestamp, since),
    until === undefined ? undefined : lt(telemetry.timestamp, until),
  );
}

/** The condition on rows of `files`: packages of which a reading may be meant. */
function isFileAmong({ fileId, satelliteType, since, until }: Readings): SQL | undefined {
  return and(
    fileId === undefined ? undefined : eq(files.id, fileId),
    satelliteType === undefined ? undefined : eq(files.satelliteType, satelliteType),
    since === undefined ? undefined : gte(files.lastTimestamp, since),
    until === undefined ? undefined : lt(files.firstTimestamp, until),
  );
}

export interface Span {
  /** As the database writes times. */
  readonly from: string;
  readonly to: string;
}

/** From the first reading to the last, as the ledger says. @returns undefined if there is none in the range, or no range */
export async function spanOf(db: Queryable, readings: Readings): Promise<Span | undefined> {
  const { since, until } = readings;
  const from = sql<
    string | null
  >`greatest(min(${files.firstTimestamp}), ${since ?? null}::timestamptz)`;
  const to = sql<string | null>`least(max(${files.lastTimestamp}), ${until ?? null}::timestamptz)`;
  const [row] = await db
    .select({ from, to, isRange: sql<boolean | null>`${from} <= ${to}` })
    .from(files)
    .where(and(isFileAmong(readings), sql`${files.firstTimestamp} IS NOT NULL`));
  if (!row?.isRange || row.from === null || row.to === null) return undefined;
  return { from: row.from, to: row.to };
}

/** A day before the latest reading, or before `until`. @returns undefined if there are no readings */
export async function dayBeforeEnd(db: Queryable, readings: Readings): Promise<string | undefined> {
  const { until } = readings;
  const end = sql`least(max(${files.lastTimestamp}), ${until ?? null}::timestamptz)`;
  const [row] = await db
    .select({ since: sql<string | null>`${end} - interval '1 day'` })
    .from(files)
    .where(and(isFileAmong(readings), sql`${files.firstTimestamp} IS NOT NULL`));
  return row?.since ?? undefined;
}
