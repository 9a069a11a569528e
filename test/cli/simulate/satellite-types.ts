// The satellite types to simulate, one made up among them, and what the daemon makes of their lines.
import { parseLines } from "../../../src/parsers/parse-lines.ts";
import { satelliteTypes } from "../../../src/satellites/index.ts";
import { rejectionReasons, type SatelliteType } from "../../../src/satellites/satellite.ts";
import { satelliteType } from "../../../src/satellites/satellite-type.ts";

/** A type that comes some day: other keys, with quotes and letters that are more than one byte. */
export const anyType = satelliteType(
  "jackal_mk3",
  {
    timestamp: "när",
    velocity: 'the "speed"',
    altitude: "höjd",
    latitude: "φ",
    longitude: "λ",
  },
  ["instrument1", "カメラ", "instrument7", "instrument9"],
);

export const typesAndOneMore: readonly SatelliteType[] = [...satelliteTypes.values(), anyType];

/** For each line "good" or why it is rejected: by its shape, else by what a reading may say (R6). */
export function reasonsOf(type: SatelliteType, lines: string | Uint8Array): string[] {
  const source = typeof lines === "string" ? Buffer.from(lines, "latin1") : lines;
  const { columns } = parseLines(source, { satelliteType: type, maxLineBytes: 1_048_576 });
  const { status, latitude, longitude } = columns;
  return Array.from(status, (code, at) => {
    if (code > 0) return rejectionReasons[code - 1] ?? "unknown";
    const isWithin = Math.abs(latitude[at] ?? 999) <= 90 && Math.abs(longitude[at] ?? 999) <= 180;
    return isWithin ? "good" : "out_of_range";
  });
}
