// Log lines, as a reader of stdout gets them.
import { expect, test } from "vitest";
import { SetupError } from "../../src/errors.ts";
import { announce, createLog } from "../../src/observability/log.ts";
import { logLines } from "./log-lines.ts";

function written(level: string, write: (log: ReturnType<typeof createLog>) => void): string {
  let text = "";
  write(
    createLog(level, {
      write(line) {
        text += line;
      },
    }),
  );
  return text;
}

test("a line is one JSON object with level, time in UTC, pid and message", () => {
  const text = written("info", (log) => log.info({ name: "x" }, "seen"));
  expect(text.endsWith("}\n")).toBe(true);
  expect(JSON.parse(text)).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    pid: process.pid,
    name: "x",
    msg: "seen",
  });
});

test("a name with line feeds and quotes stays in its line (S9)", () => {
  const name = 'a\nb\r"}\u2028\0\u001b[31m\u009b2J\u007f\u202egnp.\u2066\u200f\ufeff\u{e0041}é🛰';
  const text = written("info", (log) => log.info({ name }, "seen"));
  expect(text.trimEnd().split("\n")).toHaveLength(1);
  expect(text.trimEnd().match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu)).toBeNull();
  expect(text).toContain("é🛰");
  expect(JSON.parse(text)).toMatchObject({ name });
});

test.each(["trace", "info", "warn", "error", "fatal", "silent"])(
  "what is announced is written at level %s, once, and lets nothing else through",
  (level) => {
    const text = written(level, (log) => {
      log.trace("other");
      announce(log, { http: null }, "ready");
    });
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === "ready")).toMatchObject([{ http: null, level: 30 }]);
    expect(lines).toHaveLength(level === "trace" ? 2 : 1);
  },
);

test("an error is told by class, code, message and causes", () => {
  const { log, lines } = logLines();
  const refused = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
  log.error({ err: new SetupError("cannot start", { cause: refused }) }, "failed");
  expect(lines[0]?.["err"]).toEqual({
    type: "SetupError",
    code: "E_SETUP",
    message: "cannot start",
    cause: { type: "Error", code: "ECONNREFUSED", message: "connect refused" },
  });
});

test("one without a code is our bug, and comes with its stack", () => {
  const { log, lines } = logLines();
  log.error({ err: new TypeError("x is undefined") }, "failed");
  expect(lines[0]?.["err"]).toMatchObject({ stack: expect.stringContaining("log.test.ts") });
});

test("of a database error neither parameters nor rows are told, only what went wrong", () => {
  const { log, lines } = logLines();
  const cause = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: "Key (name)=(canary)",
    where: 'COPY telemetry, line 1: "canary"',
    hint: "canary",
  });
  const error = new Error(
    "Failed query: insert into x values ($1)\nparams: canary\n    at canary",
    { cause },
  );
  log.error({ err: error }, "failed");
  expect(JSON.stringify(lines)).not.toContain("canary");
  expect(lines[0]?.["err"]).toMatchObject({
    message: "query failed",
    cause: { code: "23505", message: "duplicate key" },
  });
});

test("long messages, deep causes and what is no error are cut to size", () => {
  const { log, lines } = logLines();
  const circular = new Error("x".repeat(10_000));
  circular.cause = circular;
  log.error({ err: circular }, "failed");
  log.error({ err: "y".repeat(10_000) }, "failed");
  log.error({ err: undefined }, "failed");
  expect(JSON.stringify(lines[0]).length).toBeLessThan(8_000);
  expect(lines[1]).toMatchObject({ err: { message: "y".repeat(500) } });
});
