// The server's buckets as what plots and the map take: columns over time, with a hole where there is a gap.
import type { TelemetryBucket, TelemetryBuckets } from "../../../src/api/schemas/telemetry.ts";
import { piecesOf } from "../charts/gaps.ts";
import type { PlotSeries } from "../charts/plot-options.ts";
import { epochSeconds } from "../format/time.ts";
import type { TrackPoint } from "../map/track.ts";

export type Measured = "altitude" | "velocity";

export interface ReadingPoint extends TrackPoint {
  readonly bucket: TelemetryBucket;
}

export interface PlotColumns {
  readonly seconds: readonly number[];
  readonly altitude: PlotSeries;
  readonly velocity: PlotSeries;
}

/** In the order of time, which need not be that of the lines. */
export function pointsOf({ buckets }: TelemetryBuckets): ReadingPoint[] {
  const points = buckets.map((bucket): ReadingPoint => {
    const { timestamp, latitude, longitude } = bucket.position;
    return { seconds: epochSeconds(timestamp), latitude, longitude, bucket };
  });
  return points.sort((a, b) => a.seconds - b.seconds);
}

export function columnsOf(points: readonly ReadingPoint[]): PlotColumns {
  const pieces = piecesOf(points.map(({ seconds }) => seconds));
  const seconds: number[] = [];
  const held: (ReadingPoint | null)[] = [];
  for (const { first, end } of pieces) {
    if (held.length > 0) {
      seconds.push((points[first - 1]?.seconds ?? 0) + 1e-6);
      held.push(null);
    }
    for (const point of points.slice(first, end)) {
      seconds.push(point.seconds);
      held.push(point);
    }
  }
  const column = (of: Measured, which: "min" | "max" | "avg") =>
    held.map((point) => point?.bucket[of][which] ?? null);
  const series = (of: Measured, colour: `--${string}`): PlotSeries => ({
    label: of,
    colour,
    values: column(of, "avg"),
    low: column(of, "min"),
    high: column(of, "max"),
  });
  const altitude = series("altitude", "--series-1");
  const velocity = series("velocity", "--series-2");
  return { seconds, altitude, velocity };
}

/** Over all of them; null if there are none. */
export function extremesOf(
  points: readonly ReadingPoint[],
  of: Measured,
): { min: number; max: number } | null {
  if (points.length === 0) return null;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { bucket } of points) {
    min = Math.min(min, bucket[of].min);
    max = Math.max(max, bucket[of].max);
  }
  return { min, max };
}
