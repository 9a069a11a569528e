// Makes a satellite type from its table, and the readings to write into. One pass over the table for each line, by
// hand and not by a zod schema: no slower for good lines, three times as fast for bad ones (docs/satellites.md).
import { notA, ownValue } from "./field.ts";
import { instrumentsReader } from "./instruments.ts";
import { LineScanner } from "./line-scanner.ts";
import {
  type LineObject,
  measurements,
  type Reading,
  type ReadingKeys,
  Rejection,
  type SatelliteType,
} from "./satellite.ts";
import { readTimestampText } from "./timestamp.ts";

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
    if (!readTimestampText(time, reading))
      return new Rejection("invalid_timestamp", keys.timestamp);
    // Four lines and no loop: a store to a computed name costs as much as all the rest of a measurement.
    reading.velocity = measurementAt(line, keys.velocity);
    reading.altitude = measurementAt(line, keys.altitude);
    reading.latitude = measurementAt(line, keys.latitude);
    reading.longitude = measurementAt(line, keys.longitude);
    return hasAllMeasurements(reading)
      ? readInstruments(line, reading)
      : badMeasurement(line, reading);
  }

  /** The first one in the order of the table that is not a number. */
  function badMeasurement(line: LineObject, reading: Reading): Rejection | undefined {
    const first = measurements.find((measurement) => Number.isNaN(reading[measurement]));
    return first && notA(keys[first], ownValue(line, keys[first]));
  }
  const scanner = () => new LineScanner(keys, instruments);
  return { name, keys, instruments, normalise, scanner };
}

/** NaN if there is none, which no JSON number is. Infinity, as JSON.parse reads 1e400, is none either. */
function measurementAt(line: LineObject, key: string): number {
  const value = ownValue(line, key);
  return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
}

function hasAllMeasurements({ velocity, altitude, latitude, longitude }: Reading): boolean {
  const isNone = Number.isNaN;
  return !(isNone(velocity) || isNone(altitude) || isNone(latitude) || isNone(longitude));
}

/** A reading to write into. */
export function emptyReading(): Reading {
  const measured = { velocity: 0, altitude: 0, latitude: 0, longitude: 0 };
  return { seconds: 0, microseconds: 0, ...measured, instruments: "" };
}
