// What is told as it happens, as server-sent events: the name of the event is its `kind`, its data is this as JSON.
import { z } from "zod";
import { fileSummarySchema } from "./files.ts";
import { named } from "./named.ts";
import { databaseState, packageInWorkSchema, throttleSchema } from "./status.ts";
import { bytes, count, fileId, instant, list } from "./values.ts";

const happened = <Kind extends string>(kind: Kind) => ({ kind: z.literal(kind), at: instant });
const { totalLines, importedLines, errors, satelliteType, name, sizeBytes } =
  fileSummarySchema.shape;
const ended = { fileId, name, satelliteType, sizeBytes, totalLines, importedLines, errors };

export const eventSchema = named(
  "Event",
  z.discriminatedUnion("kind", [
    z.object({ ...happened("package_claimed"), fileId, name, sizeBytes: bytes }),
    z
      .object({ ...happened("package_progress"), ...packageInWorkSchema.shape })
      .describe("At most 4 a second of each package; the newest stands for those before it"),
    z.object({ ...happened("package_complete"), ...ended, seconds: z.number() }),
    z.object({ ...happened("package_failed"), ...ended, error: z.string() }),
    z.object({ ...happened("package_duplicate"), ...ended, duplicateOf: fileId.nullable() }),
    z
      .object({
        ...happened("lines_rejected"),
        fileId,
        name,
        count: count.describe("Since the last event of this kind and package"),
        reasons: z.record(z.string(), count),
      })
      .describe("At most one a second of each package"),
    z.object({ ...happened("component_restarted"), component: z.string(), reason: z.string() }),
    z.object({ ...happened("throttle_changed"), ...throttleSchema.shape }),
    z.object({ ...happened("database_changed"), state: databaseState }),
    z.object({ ...happened("settings_changed"), names: list(z.string()) }),
    z
      .object({ ...happened("reset"), reason: z.string() })
      .describe("Events are missing: ask for the whole state"),
  ]),
);
export type Event = z.infer<typeof eventSchema>;
