// Readings one by one, page by page: of a package in the order of its lines, of a type in the order of time.
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { telemetry } from "../database/schema.ts";
import type { Page } from "./find-files.ts";
import { databaseTime, isoTime } from "./iso-time.ts";
import type { Queryable } from "./queryable.ts";
import { isAmong, type Readings } from "./readings.ts";

export interface TelemetryPoint {
  readonly fileId: number;
  readonly line: number;
  readonly timestamp: string;
  readonly velocity: number;
  readonly altitude: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly instruments: Readonly<Record<string, string>>;
}

export interface FilePoints {
  readonly points: readonly TelemetryPoint[];
  /** The line behind which the next page begins; null if this is the last. */
  readonly next: number | null;
}

export interface TypePoints {
  readonly points: readonly TelemetryPoint[];
  /** The reading behind which the next page begins; null if this is the last. */
  readonly next: PointPlace | null;
}

/** Where a reading stands in the order of time. */
export type PointPlace = Pick<TelemetryPoint, "timestamp" | "fileId" | "line">;

const pointColumns = {
  fileId: telemetry.fileId,
  line: telemetry.line,
  timestamp: telemetry.timestamp,
  velocity: telemetry.velocity,
  altitude: telemetry.altitude,
  latitude: telemetry.latitude,
  longitude: telemetry.longitude,
  instruments: sql<Record<string, string>>`${telemetry.instruments}`,
};

export async function findFilePoints(
  db: Queryable,
  { after, limit, ...readings }: Readings & Page & { readonly fileId: number },
): Promise<FilePoints> {
  const behind = after === undefined ? undefined : gt(telemetry.line, after);
  const found = await db
    .select(pointColumns)
    .from(telemetry)
    .where(and(isAmong(readings), behind))
    .orderBy(asc(telemetry.line))
    .limit(limit + 1); // One more, to know whether there are more.
  const points = found.slice(0, limit).map(withIsoTime);
  return { points, next: found.length > limit ? (points.at(-1)?.line ?? null) : null };
}

export interface TypePointsQuery {
  readonly readings: Readings;
  readonly after?: PointPlace | undefined;
  readonly limit: number;
}

export async function findTypePoints(
  db: Queryable,
  { readings, after, limit }: TypePointsQuery,
): Promise<TypePoints> {
  const { timestamp, fileId, line } = telemetry;
  const since = after && databaseTime(after.timestamp);
  const behind =
    after &&
    sql`(${timestamp}, ${fileId}, ${line}) > (${since}::timestamptz, ${after.fileId}::bigint, ${after.line}::integer)`;
  const found = await db
    .select(pointColumns)
    .from(telemetry)
    .where(and(isAmong({ ...readings, since: since ?? readings.since }), behind))
    .orderBy(asc(timestamp), asc(fileId), asc(line))
    .limit(limit + 1);
  const points = found.slice(0, limit).map(withIsoTime);
  return { points, next: found.length > limit ? (points.at(-1) ?? null) : null };
}

function withIsoTime<Row extends { readonly timestamp: string }>(row: Row): Row {
  return { ...row, timestamp: isoTime(row.timestamp) };
}

/** @param timestamp of the latest reading of that type, as the ledger has it */
export async function findLatestPoint(
  db: Queryable,
  satelliteType: string,
  timestamp: string,
): Promise<TelemetryPoint | null> {
  const [found] = await db
    .select(pointColumns)
    .from(telemetry)
    .where(and(isAmong({ satelliteType, since: timestamp }), eq(telemetry.timestamp, timestamp)))
    .limit(1);
  return found === undefined ? null : withIsoTime(found);
}
