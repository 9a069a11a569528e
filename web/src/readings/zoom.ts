// The part of time that is looked at, and how it stands in an address and in a question to the server.
import { epochSeconds, isoFromSeconds } from "../format/time.ts";

/** Seconds since 1970. */
export type Zoom = readonly [from: number, to: number];

/** As it stands in an address, `from` and `to`; null if there is none that makes sense. */
export function zoomOf(query: URLSearchParams): Zoom | null {
  const from = epochSeconds(query.get("from") ?? "");
  const to = epochSeconds(query.get("to") ?? "");
  return to > from ? [from, to] : null;
}

/** The API is asked for the years 0001 to 9999; what lies hours beyond, in UTC, is seen without a zoom. */
const askedYears: Zoom = [
  epochSeconds("0001-01-01T00:00:00Z"),
  epochSeconds("9999-12-31T23:59:59.999Z"),
];

export function zoomQuery(zoom: Zoom | null): { readonly from: string; readonly to: string } {
  if (zoom === null) return { from: "", to: "" };
  const text = (seconds: number): string => isoFromSeconds(withinAsked(seconds));
  return { from: text(zoom[0]), to: text(zoom[1]) };
}

function withinAsked(seconds: number): number {
  return Math.min(askedYears[1], Math.max(askedYears[0], seconds));
}
