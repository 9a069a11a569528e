// Readings made ready to be shown, once for the map, the plots and the strips.
import { useMemo } from "preact/hooks";
import type { TelemetryBuckets } from "../../../src/api/schemas/telemetry.ts";
import { piecesOf } from "../charts/gaps.ts";
import { epochSeconds } from "../format/time.ts";
import { columnsOf, type PlotColumns, pointsOf, type ReadingPoint } from "./series.ts";
import { type InstrumentStates, statesOf } from "./states.ts";
import type { Zoom } from "./zoom.ts";

export interface ReadingsModel {
  readonly points: readonly ReadingPoint[];
  readonly columns: PlotColumns;
  readonly states: readonly InstrumentStates[];
  /** There are more changes of instruments than are shown. */
  readonly statesAreCut: boolean;
  readonly pieces: readonly Zoom[];
  readonly range: Zoom;
  readonly bucketSeconds: number;
  readonly readings: number;
}

export function useReadingsModel(
  buckets: TelemetryBuckets | undefined,
  zoom: Zoom | null,
): ReadingsModel | undefined {
  return useMemo(() => {
    return buckets === undefined || buckets.buckets.length === 0
      ? undefined
      : modelOf(buckets, zoom);
  }, [buckets, zoom]);
}

function modelOf(buckets: TelemetryBuckets, zoom: Zoom | null): ReadingsModel {
  const points = pointsOf(buckets);
  const times = points.map(({ seconds }) => seconds);
  const from = times[0] ?? 0;
  const to = buckets.to === null ? (times.at(-1) ?? from) : epochSeconds(buckets.to);
  const { bucketSeconds } = buckets;
  return {
    points,
    columns: columnsOf(points),
    states: statesOf(buckets.changes, to),
    statesAreCut: buckets.changesAreCut,
    pieces: piecesOf(times).map(({ first, end }): Zoom => {
      return [times[first] ?? 0, Math.min(to, (times[end - 1] ?? 0) + bucketSeconds)];
    }),
    range: zoom ?? [from, Math.max(to, from + 1e-3)],
    bucketSeconds,
    readings: buckets.buckets.reduce((sum, bucket) => sum + bucket.readings, 0),
  };
}
