// Makes a satellite type from its table, and the readings to write into. One pass over the table for each line, by
// hand and not by a zod schema: three times as fast for good lines, ten times for bad ones (docs/satellites.md).
import { notA, ownValue } from "./field.ts";
import { instrumentsReader } from "./instruments.ts";
import {
  type LineObject,
  measurements,
  type Reading,
  type ReadingKeys,
  Rejection,
  type SatelliteType,
} from "./satellite.ts";
import { readTimestamp } from "./timestamp.ts";

/**
 * Makes a type.
 *
 * @param name as in the header's `satellite_type`.
 * @param keys which key of a line holds what. A time is text, the others are numbers.
 * @param instruments keys of texts, in the order in which they are checked and stored.
 */
export function satelliteType(
  name: string,
  keys: ReadingKeys,
  instruments: readonly string[],
): SatelliteType {
  const readInstruments = instrumentsReader(instruments);

  function normalise(line: LineObject, reading: Reading): Rejection | undefined {
    const time = ownValue(line, keys.timestamp);
    if (typeof time !== "string") return notA(keys.timestamp, time);
    if (!readTimestamp(time, reading)) return new Rejection("invalid_timestamp", keys.timestamp);
    for (const measurement of measurements) {
      const value = ownValue(line, keys[measurement]);
      // Infinite is what JSON.parse makes of 1e400.
      if (typeof value !== "number" || !Number.isFinite(value)) return notA(keys[measurement], value);
      reading[measurement] = value;
    }
    return readInstruments(line, reading);
  }
  return { name, keys, instruments, normalise };
}

/** A reading to write into. */
export function emptyReading(): Reading {
  // Halves, not zeros: V8 then knows these fields as doubles from the start, and keeps them unboxed.
  const [seconds, microseconds] = [0.5, 0.5];
  const [velocity, altitude, latitude, longitude] = [0.5, 0.5, 0.5, 0.5];
  return { seconds, microseconds, velocity, altitude, latitude, longitude, instruments: "" };
}
