// What an error of the database means: whether it is away for a while, and under which code. What to do about an
// error inside a batch is the persister's to decide (persister/batch-fault.ts).

import { DrizzleQueryError } from "drizzle-orm/errors";
import { DatabaseAwayError, EmbeddedServerError } from "../errors.ts";

/** The SQLSTATE of a database error, or the code of a network error. drizzle wraps both: they are in its cause. */
export function errorCode(error: unknown): string | undefined {
  for (const at of withCauses(error)) {
    if ("code" in at && typeof at.code === "string" && !at.code.startsWith("E_")) return at.code;
  }
  return undefined;
}

/** The error and what caused it, the outermost first. */
function withCauses(error: unknown): Error[] {
  const errors: Error[] = [];
  for (let at = error; at instanceof Error && errors.length < 5; at = at.cause) errors.push(at);
  return errors;
}

/** The database's or the driver's own error behind one that wraps it; its message holds no parameters. */
export function databaseError(error: unknown): unknown {
  let at = error;
  while (at instanceof Error && isWrapper(at)) at = at.cause;
  return at;
}

/** drizzle wraps every error; that of a lost connection has no code. */
function isWrapper(error: Error): boolean {
  const wrapsAny = error instanceof DrizzleQueryError && error.cause !== undefined;
  return wrapsAny || errorCode(error.cause) !== undefined;
}

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EHOSTDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
]);

// The driver's own words for a lost or refused connection; it gives these no code.
const lostConnection =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after)/;

/** The server is read-only; it has ended a transaction in which we stood still too long; there is no such database. */
const otherOutages = new Set(["25006", "25P03", "3D000"]);

const protocolViolation = "08P01"; // A wrong COPY stream, which is a bug of ours and no outage.

/** Whether the database is away, full, read-only or does not let us in: to be waited out, at no cost to a package. */
export function isOutage(error: unknown): boolean {
  if (withCauses(error).some(saysAway)) return true;
  const code = errorCode(error);
  if (code === undefined) {
    const cause = databaseError(error);
    return cause instanceof Error && lostConnection.test(cause.message);
  }
  if (networkCodes.has(code)) return true;
  if (code === protocolViolation) return false;
  return /^(08|53|57P|28|58)/.test(code) || otherOutages.has(code);
}

/** Whatever its cause: it was made where a database that cannot be reached is noticed. */
function saysAway(error: Error): boolean {
  return error instanceof DatabaseAwayError || error instanceof EmbeddedServerError;
}

/** Whether the same statement may go through when it is sent again: a deadlock, a serialization failure, a time limit. */
export function isContention(error: unknown): boolean {
  const code = errorCode(error);
  return code === "40001" || code === "40P01" || code === "55P03" || isTimeLimit(code);
}

/** Of a statement; of a transaction, which PostgreSQL 17 and newer end together with the connection. */
export function isTimeLimit(code: string | undefined): boolean {
  return code === "57014" || code === "25P04";
}
