// The rejected lines of a package.
import { z } from "zod";
import { named } from "./named.ts";
import { askedLine, bytes, count, fileId, instant, list, wholeNumber } from "./values.ts";

const rejectedLineSchema = named(
  "RejectedLine",
  z.object({
    line: count.describe("In the file; the header is line 1"),
    byteOffset: count,
    reason: z.string(),
    detail: z.string().nullable(),
    rejectedAt: instant,
    rawBytes: bytes.describe("How many bytes of the line are stored"),
    raw: z.string().describe("The first of them, in base64"),
    text: z.string().describe("The same as text; what is no UTF-8 is U+FFFD. Show it as text only"),
  }),
);
export type RejectedLine = z.infer<typeof rejectedLineSchema>;

export const rejectsPageSchema = named(
  "RejectsPage",
  z.object({
    fileId,
    rejects: list(rejectedLineSchema).describe("In the order of the file"),
    next: count.nullable().describe("`after` of the next page; null if this is the last"),
  }),
);
export type RejectsPage = z.infer<typeof rejectsPageSchema>;

export const rejectsQuerySchema = z.strictObject({
  reason: z.string().max(40).optional(),
  after: askedLine.optional().describe("`next` of the page before"),
  limit: wholeNumber(1, 500).default(50),
  rawBytes: wholeNumber(0, 4_096).default(1_024).describe("At most so many bytes of each line"),
});
