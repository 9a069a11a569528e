// What is going on, on one page: the daemon's parts, the packages in work, the totals of the day, throttle, database.
import { z } from "zod";
import { named } from "./named.ts";
import { componentState } from "./tree.ts";
import { bytes, count, fileId, instant, list, seconds } from "./values.ts";

export const packageInWorkSchema = named(
  "PackageInWork",
  z.object({
    fileId,
    name: z.string(),
    state: z.enum(["claimed", "loading"]),
    satelliteType: z.string().nullable(),
    sizeBytes: bytes,
    offset: count.describe("Bytes of it that are loaded"),
    share: z.number().min(0).max(1).describe("offset / sizeBytes"),
    totalLines: count,
    importedLines: count,
    errors: count,
    since: instant.describe("When it came into this state"),
    rowsPerSecond: z.number().min(0).describe("Of the last seconds"),
    bytesPerSecond: z.number().min(0),
    secondsLeft: seconds.nullable().describe("At that speed; null if there is none yet"),
  }),
);
export type PackageInWork = z.infer<typeof packageInWorkSchema>;

const part = z.object({
  id: z.string(),
  state: componentState,
  restarts: count,
  since: instant,
});

export const databaseState = z.enum(["connecting", "ready", "away", "refused", "stopped"]);

export const throttleSchema = named(
  "Throttle",
  z.object({
    rowsPerSecond: count.nullable().describe("The ceiling; null: none"),
    pauseMs: z.number().min(0).describe("Between two transactions"),
    reason: z.string().describe("Why it is as it is"),
  }),
);
export type Throttle = z.infer<typeof throttleSchema>;

const totalsSchema = named(
  "Totals",
  z.object({
    since: instant.describe("Midnight in UTC: packages claimed since then are counted"),
    packages: z.object({
      processing: count,
      complete: count,
      failed: count,
      duplicate: count,
    }),
    sizeBytes: bytes,
    totalLines: count,
    importedLines: count,
    errors: count,
  }),
);
export type Totals = z.infer<typeof totalsSchema>;

export const statusSchema = named(
  "Status",
  z.object({
    at: instant,
    version: z.string(),
    daemon: z.string().describe("Its name as in `owner` of a package"),
    startedAt: instant,
    uptimeSeconds: seconds.describe("By a clock that nobody sets"),
    memoryBytes: bytes.describe("Of the process, as the operating system counts it"),
    ready: z.boolean().describe("As /readyz says"),
    parts: list(part).describe("The root's children, in start order"),
    database: z.object({
      state: databaseState,
      url: z.string().nullable().describe("Without the password"),
      error: z.string().nullable().describe("Why it is away"),
    }),
    throttle: throttleSchema,
    inboxFiles: count
      .nullable()
      .describe("Files in the inbox that are not taken up yet; null before the first scan"),
    work: list(packageInWorkSchema).describe("Packages that this daemon has in work"),
    today: totalsSchema
      .nullable()
      .describe("Of all daemons; null while the database is away or does not answer"),
  }),
);
export type Status = z.infer<typeof statusSchema>;
