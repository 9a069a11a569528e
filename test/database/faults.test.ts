// What an error of the database means, code by code: an outage is waited out, contention tried again, the rest thrown.
import { DrizzleQueryError } from "drizzle-orm/errors";
import { describe, expect, test } from "vitest";
import { databaseError, errorCode, isContention, isOutage } from "../../src/database/faults.ts";
import { DatabaseAwayError, EmbeddedServerError, SetupError } from "../../src/errors.ts";

const coded = (code: string) => Object.assign(new Error("planted"), { code });
const wrapped = (cause: Error) => new DrizzleQueryError("SELECT secret", ["secret"], cause);

describe("an outage", () => {
  test.each([
    ...[
      "ECONNREFUSED",
      "ECONNRESET",
      "EPIPE",
      "ETIMEDOUT",
      "EHOSTUNREACH",
      "ENOTFOUND",
      "EAI_AGAIN",
    ],
    ...["08000", "08001", "08003", "08004", "08006", "08007"],
    ...["53000", "53100", "53200", "53300", "53400"],
    ...["57P01", "57P02", "57P03", "57P04", "57P05"],
    ...["28000", "28P01", "3D000", "25006", "58000", "58030", "EMFILE", "ENFILE"],
  ])("is %s, bare or wrapped", (code) => {
    expect(isOutage(coded(code))).toBe(true);
    expect(isOutage(wrapped(coded(code)))).toBe(true);
    expect(isContention(coded(code))).toBe(false);
  });

  test.each([
    "Connection terminated",
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout expired",
    "timeout exceeded when trying to connect",
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
    "Query read timeout",
    "Cannot use a pool after calling end on the pool",
  ])("is what the driver says without a code: %s", (message) => {
    expect(isOutage(new Error(message))).toBe(true);
    expect(isOutage(wrapped(new Error(message)))).toBe(true);
  });

  test("is whatever keeps us from connecting", () => {
    const away = new DatabaseAwayError("away", { cause: coded("42501") });
    expect(isOutage(away)).toBe(true);
    expect(isOutage(wrapped(away))).toBe(true);
    expect(isOutage(new EmbeddedServerError("down"))).toBe(true);
  });
});

describe("contention", () => {
  test.each(["40001", "40P01", "55P03", "57014", "25P04"])("is %s, bare or wrapped", (code) => {
    expect(isContention(coded(code))).toBe(true);
    expect(isContention(wrapped(coded(code)))).toBe(true);
    expect(isOutage(coded(code))).toBe(false);
  });
});

describe("neither is", () => {
  test.each([
    "08P01",
    "22P03",
    "22P04",
    "22021",
    "23505",
    "23514",
    "25P02",
    "42P01",
    "42501",
    "XX000",
  ])("%s", (code) => {
    expect(isOutage(coded(code))).toBe(false);
    expect(isContention(coded(code))).toBe(false);
  });

  test.each([new Error("Unexpected token"), new SetupError("wrong"), "text", undefined, null])(
    "%s",
    (error) => {
      expect(isOutage(error)).toBe(false);
      expect(isContention(error)).toBe(false);
    },
  );
});

test("the code is the database's, not that of an error of ours around it", () => {
  expect(errorCode(new DatabaseAwayError("away", { cause: coded("28P01") }))).toBe("28P01");
  expect(errorCode(new DatabaseAwayError("away"))).toBeUndefined();
});

test("the error that is shown is the one without statement and parameters", () => {
  const cause = coded("23505");
  expect(databaseError(wrapped(cause))).toBe(cause);
  expect(databaseError(cause)).toBe(cause);
  const ours = new RangeError("ours");
  expect(databaseError(ours)).toBe(ours);
});

test("causes that lead in a circle end all the same", () => {
  const one = new Error("one");
  one.cause = new Error("two", { cause: one });
  expect(errorCode(one)).toBeUndefined();
});
