// Readings: one by one, or as the buckets of a plot.
import { z } from "zod";
import { named } from "./named.ts";
import {
  askedInstant,
  askedLine,
  count,
  fileId,
  instant,
  list,
  seconds,
  wholeNumber,
} from "./values.ts";

const degrees = z.number();
/** JSON has no infinities; R3 lets none in. */
const measured = z.number();

export const telemetryPointSchema = named(
  "TelemetryPoint",
  z.object({
    fileId,
    line: count,
    timestamp: instant,
    velocity: measured,
    altitude: measured,
    latitude: degrees,
    longitude: degrees,
    instruments: z.record(z.string(), z.string()),
  }),
);
export type TelemetryPoint = z.infer<typeof telemetryPointSchema>;

const extremes = z.object({ min: measured, max: measured, avg: measured });

const telemetryBucketSchema = named(
  "TelemetryBucket",
  z.object({
    start: instant,
    readings: count,
    velocity: extremes,
    altitude: extremes,
    position: z
      .object({ fileId, line: count, timestamp: instant, latitude: degrees, longitude: degrees })
      .describe("Of the bucket's first reading: a point of the ground track"),
  }),
);
export type TelemetryBucket = z.infer<typeof telemetryBucketSchema>;

const instrumentChangeSchema = named(
  "InstrumentChange",
  z.object({
    fileId,
    line: count,
    timestamp: instant,
    instrument: z.string(),
    before: z.string().nullable().describe("null in the first reading"),
    value: z.string(),
  }),
);
export type InstrumentChange = z.infer<typeof instrumentChangeSchema>;

const telemetryPointsSchema = named(
  "TelemetryPoints",
  z.object({
    kind: z.literal("points"),
    points: list(telemetryPointSchema),
    next: z.string().nullable().describe("`after` of the next page; null if this is the last"),
  }),
);

const telemetryBucketsSchema = named(
  "TelemetryBuckets",
  z.object({
    kind: z.literal("buckets"),
    from: instant
      .nullable()
      .describe("Where the first bucket begins; null if there are no readings"),
    to: instant.nullable(),
    bucketSeconds: seconds,
    buckets: list(telemetryBucketSchema).describe("Those that have readings, in order"),
    changes: list(instrumentChangeSchema).describe(
      "When instruments said something else than before, the first reading included",
    ),
    changesAreCut: z.boolean().describe("There are more changes than are told"),
  }),
);
export type TelemetryBuckets = z.infer<typeof telemetryBucketsSchema>;

export const telemetryAnswerSchema = named(
  "Telemetry",
  z.union([telemetryPointsSchema, telemetryBucketsSchema]),
);
export type Telemetry = z.infer<typeof telemetryAnswerSchema>;

const range = {
  since: askedInstant.optional().describe("Taken at this time or later"),
  until: askedInstant.optional().describe("Taken before this time"),
  limit: wholeNumber(1, 5_000).default(1_000).describe("At most so many points"),
  buckets: wholeNumber(1, 2_000).optional().describe("Buckets of equal time instead of points"),
};

export const fileTelemetryQuerySchema = z.strictObject({
  ...range,
  after: askedLine.optional().describe("`next` of the page before"),
});

/** A place in the order of time. */
const pointPlace = z
  .string()
  .max(100)
  .regex(/^[^,]+,\d{1,15},\d{1,9}$/, "`next` of the page before")
  .optional()
  .describe("`next` of the page before");

export const telemetryQuerySchema = z.strictObject({
  satelliteType: z.string().max(100),
  ...range,
  since: askedInstant
    .optional()
    .describe(
      "Taken at this time or later; without it the day before `until` or the latest reading",
    ),
  after: pointPlace,
});
