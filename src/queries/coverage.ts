// Which times a satellite type has readings of, as far as the ledger says: a package covers the time from its first
// reading to its last. Gaps inside of a package are not seen, which is what makes this cheap.
import { sql } from "drizzle-orm";
import { files } from "../database/schema.ts";
import { isoTime } from "./iso-time.ts";
import type { Queryable } from "./queryable.ts";
import { type Span, spanOf, type TimeRange } from "./readings.ts";

interface CoverageBucket {
  readonly start: string;
  /** The share of the bucket that is covered, 0 to 1. */
  readonly share: number;
}

interface Gap {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
}

export interface Coverage {
  readonly from: string;
  readonly to: string;
  readonly bucketSeconds: number;
  /** All of them, those without readings too. */
  readonly buckets: readonly CoverageBucket[];
  /** Between packages, in the order of time; the longest ones if there are too many. */
  readonly gaps: readonly Gap[];
}

export interface CoverageQuery extends TimeRange {
  readonly satelliteType: string;
  readonly buckets: number;
  /** Shorter ones are none: packages follow one another by the time between two readings. */
  readonly leastGapSeconds: number;
  readonly mostGaps: number;
}

/** @returns undefined if there are no readings in the range */
export async function findCoverage(
  db: Queryable,
  query: CoverageQuery,
): Promise<Coverage | undefined> {
  const { satelliteType, since, until } = query;
  const span = await spanOf(db, { satelliteType, since, until });
  if (span === undefined) return undefined;
  const buckets = await askBuckets(db, query, span);
  return {
    from: isoTime(span.from),
    to: isoTime(span.to),
    bucketSeconds: buckets[0]?.seconds ?? 0,
    buckets: buckets.map(({ start, share }) => ({ start: isoTime(start), share })),
    gaps: await askGaps(db, query, span),
  };
}

/** The packages' ranges as runs without a gap. Within [from, to]. */
const islands = ({ satelliteType, leastGapSeconds }: CoverageQuery, { from, to }: Span) => sql`
  range AS (
    SELECT greatest(first_timestamp, ${from}::timestamptz) AS a, least(last_timestamp, ${to}::timestamptz) AS b
      FROM ${files} WHERE satellite_type = ${satelliteType}
       AND first_timestamp <= ${to}::timestamptz AND last_timestamp >= ${from}::timestamptz
  ), reach AS (
    SELECT a, b, max(b) OVER (ORDER BY a, b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM range
  ), numbered AS (
    SELECT a, b, count(*) FILTER (WHERE a > before + make_interval(secs => ${leastGapSeconds}::float8))
                 OVER (ORDER BY a, b) AS island FROM reach
  ), island AS (
    SELECT min(a) AS a, max(b) AS b FROM numbered GROUP BY numbered.island
  )`;

type BucketRow = Readonly<{ start: string; share: number; seconds: number }>;

async function askBuckets(db: Queryable, query: CoverageQuery, span: Span): Promise<BucketRow[]> {
  const { from, to } = span;
  const { rows } = await db.execute<BucketRow>(sql`
    WITH ${islands(query, span)}, step AS (
      SELECT (${to}::timestamptz - ${from}::timestamptz) / ${query.buckets}::int + interval '1 microsecond' AS width
    ), bucket AS (
      SELECT ${from}::timestamptz + width * n AS start, ${from}::timestamptz + width * (n + 1) AS until, width
        FROM step, generate_series(0, ${query.buckets}::int - 1) AS n
    )
    SELECT start, date_part('epoch', width) AS seconds,
           least(1, coalesce(sum(date_part('epoch', least(b, until) - greatest(a, start)))
                      FILTER (WHERE a IS NOT NULL), 0) / date_part('epoch', width)) AS share
      FROM bucket LEFT JOIN island ON a < until AND b >= start
     GROUP BY start, width ORDER BY start`);
  return rows;
}

async function askGaps(db: Queryable, query: CoverageQuery, span: Span): Promise<Gap[]> {
  const { rows } = await db.execute<Readonly<{ from: string; to: string; seconds: number }>>(sql`
    WITH ${islands(query, span)}, gap AS (
      SELECT lag(b) OVER (ORDER BY a) AS from, a AS to FROM island
    ), longest AS (
      SELECT gap.from, gap.to, date_part('epoch', gap.to - gap.from) AS seconds FROM gap
       WHERE gap.from IS NOT NULL ORDER BY seconds DESC LIMIT ${query.mostGaps}
    )
    SELECT * FROM longest ORDER BY longest.from`);
  return rows.map(({ from, to, seconds }) => ({ from: isoTime(from), to: isoTime(to), seconds }));
}
