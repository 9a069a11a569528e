// Packages: as they are listed, and the whole story of one.
import { z } from "zod";
import { named } from "./named.ts";
import {
  askedId,
  askedInstant,
  bytes,
  count,
  fileId,
  instant,
  list,
  seconds,
  wholeNumber,
} from "./values.ts";

export const fileStatus = z.enum(["processing", "complete", "failed", "duplicate"]);

const summary = {
  id: fileId,
  name: z.string().describe("As it was dropped; bytes that are no UTF-8 are percent-escaped"),
  status: fileStatus,
  satelliteType: z.string().nullable().describe("null if the header was refused"),
  sizeBytes: bytes,
  totalLines: count.describe("Lines behind the header that are not blank"),
  importedLines: count,
  errors: count.describe("Rejected lines"),
  checkpointOffset: count.describe("The next byte of the file that is not yet loaded"),
  firstTimestamp: instant.nullable().describe("Of the imported readings"),
  lastTimestamp: instant.nullable(),
  insertedAt: instant.describe("When it was claimed"),
  startedAt: instant.nullable().describe("When its first run began"),
  completedAt: instant.nullable(),
  updatedAt: instant,
  duplicateOf: fileId.nullable().describe("The package with the same bytes"),
  error: z.string().nullable().describe("Why it failed, for a person"),
};

export const fileSummarySchema = named("FileSummary", z.object(summary));
export type FileSummary = z.infer<typeof fileSummarySchema>;

export const filesPageSchema = named(
  "FilesPage",
  z.object({
    files: list(fileSummarySchema).describe("The newest first unless asked otherwise"),
    next: fileId.nullable().describe("`after` of the next page; null if this is the last"),
  }),
);
export type FilesPage = z.infer<typeof filesPageSchema>;

export const filesQuerySchema = z.strictObject({
  status: fileStatus.optional(),
  satelliteType: z.string().max(100).optional(),
  since: askedInstant.optional().describe("Claimed at this time or later"),
  until: askedInstant.optional().describe("Claimed before this time"),
  name: z.string().max(255).optional().describe("A part of the name, whatever its case"),
  sort: z.enum(["id", "name", "sizeBytes", "importedLines", "errors"]).default("id"),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: askedId.optional().describe("`next` of the page before, in the same order"),
  limit: wholeNumber(1, 500).default(50),
});

export const fileParamsSchema = z.object({ id: askedId });

const reasonCount = z.object({ reason: z.string(), count });

const place = z.object({
  folder: z.enum(["processing", "failed", "archive"]),
  path: z.string(),
});

export const fileStorySchema = named(
  "FileStory",
  z.object({
    ...summary,
    sha256: z.string().nullable(),
    header: z.unknown().describe("The header line as JSON; null if there is none"),
    checkpointLine: count.describe("The next line that is not yet loaded; the header is line 1"),
    ownerEpoch: count.describe("How many runs there were"),
    attempts: count.describe("Runs since the checkpoint last moved"),
    owner: z.string().nullable().describe("The daemon that has it, while one has"),
    seconds: seconds.nullable().describe("From its start to its completion"),
    rejectsByReason: list(reasonCount).describe(
      "Of the rejected lines that are stored, the most frequent first",
    ),
    duplicates: list(fileId).describe("Later packages with the same bytes, the first 100"),
    place: place.nullable().describe("Where its file lies; null if it was deleted"),
  }),
);
export type FileStory = z.infer<typeof fileStorySchema>;
