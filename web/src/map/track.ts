// A ground track: positions in the order of time, cut where there is a gap, so that a line is drawn only where the
// satellite was followed.
import { piecesOf } from "../charts/gaps.ts";

export interface TrackPoint {
  /** Since 1970. */
  readonly seconds: number;
  /** Degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
}

/** @param points in the order of time */
export function trackPieces(points: readonly TrackPoint[]): TrackPoint[][] {
  const pieces = piecesOf(points.map(({ seconds }) => seconds));
  return pieces.map(({ first, end }) => points.slice(first, end));
}
