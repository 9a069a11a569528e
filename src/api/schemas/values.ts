// Values that occur in many answers and questions.
import { z } from "zod";

/** ISO 8601 in UTC with six digits of microseconds. No pattern: a year may have more than four digits. */
export const instant = z
  .string()
  .describe("ISO 8601 in UTC with microseconds, like 2024-05-01T12:00:00.250000Z");

/** A moment as one asks for it: any offset, any fraction. */
export const askedInstant = z.iso
  .datetime({ offset: true, error: "a time like 2024-05-01T12:00:00Z" })
  .max(40)
  .refine((text) => !text.startsWith("0000"), "a year from 0001 to 9999")
  .describe("ISO 8601 with a zone, like 2024-05-01T12:00:00Z");

/** Largest id, line or count that a number carries exactly. */
const largest = Number.MAX_SAFE_INTEGER;

export const count = z.int().min(0).max(largest);
export const fileId = z.int().min(1).max(largest).describe("The package's id");

/** Answers are read and not changed. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

/** In a path or a query everything is text. No `z.coerce`: it takes "" for 0 and "1e3" for 1000. */
export function wholeNumber(lowest: number, highest: number) {
  const takes = `a whole number from ${lowest} to ${highest}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, takes)
    .transform(Number)
    .pipe(z.int(takes).min(lowest, takes).max(highest, takes));
}

export const askedId = wholeNumber(1, largest);
/** A line is a 32-bit integer in the database. */
export const askedLine = wholeNumber(0, 2_147_483_647);

export const seconds = z.number().min(0);
export const bytes = z.int().min(0).max(largest);
