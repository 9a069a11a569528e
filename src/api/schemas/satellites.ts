// Satellite types: what there is of each, which times it has readings of, and its latest reading.
import { z } from "zod";
import { named } from "./named.ts";
import { telemetryPointSchema } from "./telemetry.ts";
import { askedInstant, count, instant, list, seconds, wholeNumber } from "./values.ts";

const gap = z.object({ from: instant, to: instant, seconds });

const coverageSchema = named(
  "Coverage",
  z.object({
    from: instant,
    to: instant,
    bucketSeconds: seconds,
    buckets: list(z.object({ start: instant, share: z.number().min(0).max(1) })).describe(
      "Equal parts of the time, each with the share of it that packages cover",
    ),
    gaps: list(gap).describe("Times between packages, in order; the longest 100"),
  }),
);
export type Coverage = z.infer<typeof coverageSchema>;

const satelliteSchema = named(
  "Satellite",
  z.object({
    satelliteType: z.string(),
    instruments: list(z.string()).describe("Names of its instruments"),
    packages: count,
    importedLines: count,
    errors: count,
    firstTimestamp: instant.nullable(),
    lastTimestamp: instant.nullable(),
    latest: telemetryPointSchema.nullable().describe("The reading of the latest time"),
    coverage: coverageSchema.nullable().describe("null if there are no readings in the range"),
  }),
);
export type Satellite = z.infer<typeof satelliteSchema>;

export const satellitesSchema = named(
  "Satellites",
  z.object({ satellites: list(satelliteSchema).describe("All known types, by name") }),
);
export type Satellites = z.infer<typeof satellitesSchema>;

export const satellitesQuerySchema = z.strictObject({
  since: askedInstant.optional(),
  until: askedInstant.optional(),
  buckets: wholeNumber(1, 500).default(100),
  gapSeconds: wholeNumber(0, 1_000_000_000).default(60).describe("Shorter gaps are none"),
});
