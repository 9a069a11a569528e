// Readings for a plot: equal parts of a span of time, each as its extremes, its mean and one reading that is really
// there, whose position is a point of the ground track. Parts without readings are left out: they are gaps. One pass
// over the readings, so that 100,000 of them cost a tenth of a second and a fixed amount of memory.
import { type SQL, sql } from "drizzle-orm";
import { telemetry } from "../database/schema.ts";
import { isoTime } from "./iso-time.ts";
import type { Queryable } from "./queryable.ts";
import { isAmong, type Readings, spanOf } from "./readings.ts";

interface Extremes {
  readonly min: number;
  readonly max: number;
  readonly avg: number;
}

interface TelemetryBucket {
  /** When the bucket begins. */
  readonly start: string;
  readonly readings: number;
  readonly velocity: Extremes;
  readonly altitude: Extremes;
  /** Where the first reading of the bucket was taken, in the order of packages and lines. */
  readonly position: {
    readonly fileId: number;
    readonly line: number;
    readonly timestamp: string;
    readonly latitude: number;
    readonly longitude: number;
  };
}

export interface TelemetryBuckets {
  readonly from: string;
  readonly to: string;
  readonly bucketSeconds: number;
  readonly buckets: readonly TelemetryBucket[];
}

/** @returns undefined if there are no readings in the range */
export async function findTelemetryBuckets(
  db: Queryable,
  readings: Readings,
  count: number,
): Promise<TelemetryBuckets | undefined> {
  const span = await spanOf(db, readings);
  if (span === undefined) return undefined;
  const rows = await askBuckets(db, readings, span.from, span.to, count);
  return {
    from: isoTime(span.from),
    to: isoTime(span.to),
    bucketSeconds: rows[0]?.bucket_seconds ?? 0,
    buckets: rows.map(toBucket),
  };
}

type Measured = "velocity" | "altitude";
type Sum = "min" | "max" | "sum" | "huge";

type Row = Readonly<{
  [of in `${Measured}_${Sum}`]: number;
}> &
  Readonly<{
    start: string;
    bucket_seconds: number;
    readings: number;
    file_id: number;
    line: number;
    timestamp: string;
    latitude: number;
    longitude: number;
  }>;

/** A package and a line in one number, which an aggregate can compare. A line is a 32-bit integer. */
const place = sql`(${telemetry.fileId} << 32) | ${telemetry.line}`;

/** From here on a value is added up in parts: a sum of these is no finite double, and `avg` squares them besides. */
const huge = sql`1e290::float8`;
const parts = 2 ** 60;

function sumsOf(measured: Measured): SQL {
  const column = telemetry[measured];
  const named = (sum: Sum) => sql.identifier(`${measured}_${sum}`);
  return sql`min(${column}) AS ${named("min")}, max(${column}) AS ${named("max")},
             coalesce(sum(${column}) FILTER (WHERE abs(${column}) < ${huge}), 0) AS ${named("sum")},
             coalesce(sum(${column} / ${parts}::float8) FILTER (WHERE abs(${column}) >= ${huge}), 0) AS ${named("huge")}`;
}

/** A microsecond more than an equal part, so that the last reading is in the last bucket. */
async function askBuckets(
  db: Queryable,
  readings: Readings,
  from: string,
  to: string,
  count: number,
): Promise<Row[]> {
  const { rows } = await db.execute<Row>(sql`
    WITH step AS MATERIALIZED (
      SELECT (${to}::timestamptz - ${from}::timestamptz) / ${count}::int + interval '1 microsecond' AS width
    ), bucket AS (
      SELECT date_bin((SELECT width FROM step), ${telemetry.timestamp}, ${from}::timestamptz) AS start,
             count(*)::int AS readings,
             ${sumsOf("velocity")}, ${sumsOf("altitude")},
             min(${place}) AS place
        FROM ${telemetry} WHERE ${isAmong(readings)} GROUP BY 1
    )
    SELECT bucket.*, (SELECT date_part('epoch', width) FROM step) AS bucket_seconds, t.file_id::float8 AS file_id,
           t.line, t.timestamp, t.latitude, t.longitude
      FROM bucket JOIN ${telemetry} t
        ON t.file_id = bucket.place >> 32 AND t.line = (bucket.place & 4294967295)::int
     ORDER BY bucket.start`);
  return rows;
}

function toBucket(row: Row): TelemetryBucket {
  const { file_id: fileId, line, latitude, longitude } = row;
  return {
    start: isoTime(row.start),
    readings: row.readings,
    velocity: extremesOf(row, "velocity"),
    altitude: extremesOf(row, "altitude"),
    position: { fileId, line, timestamp: isoTime(row.timestamp), latitude, longitude },
  };
}

function extremesOf(row: Row, measured: Measured): Extremes {
  const [min, max] = [row[`${measured}_min`], row[`${measured}_max`]];
  const [sum, huge] = [row[`${measured}_sum`], row[`${measured}_huge`]];
  const avg = sum / row.readings + (huge / row.readings) * parts;
  return { min, max, avg: Math.max(min, Math.min(max, avg)) }; // Where rounding would lead beyond them.
}
