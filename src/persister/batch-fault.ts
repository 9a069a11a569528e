// What an error inside a batch's transaction means. Taken too simply ("class 22 and 23 reject the line") it would
// destroy data: a wrong stream of ours, a late commit and a value that the server refuses all come in those classes.
import { databaseError, errorCode, isOutage, isTimeLimit } from "../database/faults.ts";

/**
 * line: the server refuses a value; `row` is its number in this COPY, if the server says. too_slow: a time limit cut
 * it, less at a time may pass. blocked: another transaction holds the same keys. again: as it is, a little later.
 * late_commit: the rows are there already. away: wait for the database. bug: ours, or a changed schema.
 */
export type BatchFault =
  | { readonly kind: "line"; readonly sqlState: string; readonly row: number | undefined }
  | { readonly kind: "too_slow" | "blocked" | "again" | "late_commit" | "away" }
  | { readonly kind: "bug" };

const wrongStream = new Set(["22P03", "22P04", "08P01"]);

/** What was being written when an error came. */
export type Written = "telemetry" | "rejected_lines" | "other";

export function classify(error: unknown, written: Written): BatchFault {
  const code = errorCode(error);
  if (code !== undefined && wrongStream.has(code)) return { kind: "bug" };
  if (isTimeLimit(code)) return { kind: "too_slow" };
  if (code === "55P03") return { kind: "blocked" };
  if (code === "40001" || code === "40P01") return { kind: "again" };
  if (isOutage(error)) return { kind: "away" };
  // A batch of bad lines alone has no row in telemetry that would tell.
  if (code === "23505" && written !== "other") return { kind: "late_commit" };
  if (written !== "telemetry" || code === undefined) return { kind: "bug" };
  if (/^2[23]/.test(code)) return { kind: "line", sqlState: code, row: copyRow(error) };
  return { kind: "bug" };
}

/**
 * Which row of a COPY the server speaks of. Only the last line of its context says so: the lines before quote bytes of
 * the package, with numbers of their own. A server that speaks another language does not say.
 */
function copyRow(error: unknown): number | undefined {
  const cause = databaseError(error);
  if (!(cause instanceof Error && "where" in cause && typeof cause.where === "string")) return;
  const [, row] = /^COPY telemetry, line (\d+)/.exec(cause.where.split("\n").at(-1) ?? "") ?? [];
  return row === undefined ? undefined : Number(row);
}
