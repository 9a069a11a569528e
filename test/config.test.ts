// The table of the contract against the schema: each default, each wrong value, each refusal in one line.
import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { type Config, readConfig } from "../src/config.ts";
import { SetupError } from "../src/errors.ts";

interface Option {
  readonly key: keyof Config;
  readonly default: string | number | boolean | undefined;
  /** Values it takes, as text and as they are read. */
  readonly takes: Readonly<Record<string, string | number | boolean>>;
  readonly refuses: readonly string[];
}

const integers = [
  "",
  " ",
  "-1",
  "1.5",
  "1e3",
  "0x10",
  "300ms",
  "NaN",
  "Infinity",
  "９",
  "99999999999999999",
];
/** Letters and digits stand for the rest of what is visible. */
const everyMark = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ09";
const count = (key: keyof Config, byDefault: number, lowest: 0 | 1, unit = "5"): Option => ({
  key,
  default: byDefault,
  takes: { [unit]: Number(unit), [`${lowest}`]: lowest, "007": 7 },
  refuses: lowest === 1 ? [...integers, "0"] : integers,
});

/** As the contract says. */
const table: Readonly<Record<string, Option>> = {
  DATABASE_URL: {
    key: "databaseUrl",
    default: undefined,
    takes: {
      "postgres://u:p@h:1/d": "postgres://u:p@h:1/d",
      "postgresql://h/d": "postgresql://h/d",
      "postgres://u:p%40@h/d?sslmode=no-verify": "postgres://u:p%40@h/d?sslmode=no-verify",
      "postgres:///d?host=/run/postgresql": "postgres:///d?host=/run/postgresql",
    },
    refuses: [
      ...["", "h:5432/d", "mysql://h/d", "http://h", "postgres", "postgres:x"],
      ...["postgres://h/x%", "postgres://u:a%E9@h/d", "postgres://h/d?port=abc"],
      ...["postgres://h/d?sslrootcert=/nonexistent", "postgres://h/d?sslmode=bogus"],
    ],
  },
  DOWNLINK_DATA_DIR: {
    key: "dataDir",
    default: ".data",
    takes: { "/a b": "/a b" },
    refuses: ["", "a\0b"],
  },
  DOWNLINK_DATABASE_PORT: {
    key: "databasePort",
    default: 54_329,
    takes: { "1": 1, "65535": 65_535 },
    refuses: [...integers, "0", "65536", "off"],
  },
  DOWNLINK_FILES_DIR: {
    key: "filesDir",
    default: "files",
    takes: { x: "x" },
    refuses: ["", "a\0b"],
  },
  DOWNLINK_SETTLE_MS: count("settleMs", 300, 0),
  DOWNLINK_SCAN_INTERVAL_MS: {
    key: "scanIntervalMs",
    default: 2_000,
    takes: { "10": 10, "100": 100 },
    refuses: [...integers, "0", "9"],
  },
  DOWNLINK_MAX_PACKAGES: count("maxPackages", 4, 1),
  DOWNLINK_PARSE_THREADS: count("parseThreads", Math.max(1, availableParallelism() - 1), 1),
  DOWNLINK_BATCH_ROWS: count("batchRows", 50_000, 1),
  DOWNLINK_MAX_ROWS_PER_SECOND: count("maxRowsPerSecond", 0, 0),
  DOWNLINK_MAX_LINE_BYTES: count("maxLineBytes", 1_048_576, 1),
  DOWNLINK_MAX_REJECTS_STORED: count("maxRejectsStored", 10_000, 0),
  DOWNLINK_MAX_ATTEMPTS: count("maxAttempts", 20, 1),
  DOWNLINK_ON_COMPLETE: {
    key: "onComplete",
    default: "delete",
    takes: { delete: "delete", archive: "archive" },
    refuses: ["", "Delete", "keep"],
  },
  DOWNLINK_HTTP_HOST: {
    key: "httpHost",
    default: "127.0.0.1",
    takes: { "::1": "::1", localhost: "localhost" },
    refuses: [""],
  },
  DOWNLINK_HTTP_PORT: {
    key: "httpPort",
    default: 8_080,
    takes: { "0": 0, off: "off", "65535": 65_535 },
    refuses: [...integers, "65536", "OFF", "none"],
  },
  DOWNLINK_LOG_LEVEL: {
    key: "logLevel",
    default: "info",
    takes: { trace: "trace", silent: "silent", warn: "warn" },
    refuses: ["", "INFO", "verbose"],
  },
  DOWNLINK_THROTTLE: {
    key: "throttle",
    default: "adaptive",
    takes: { adaptive: "adaptive", off: "off" },
    refuses: ["", "on"],
  },
  DOWNLINK_ALLOW_UNSAFE_DATABASE: {
    key: "allowUnsafeDatabase",
    default: false,
    takes: { true: true, false: false },
    refuses: ["", "1", "yes", "TRUE"],
  },
  DOWNLINK_ARCHIVE_MAX_BYTES: count("archiveMaxBytes", 0, 0),
  DOWNLINK_ARCHIVE_MAX_AGE_HOURS: count("archiveMaxAgeHours", 0, 0),
  DOWNLINK_API_TOKEN: {
    key: "apiToken",
    default: undefined,
    takes: { ["t".repeat(32)]: "t".repeat(32), [everyMark]: everyMark },
    refuses: [
      "",
      "t".repeat(31),
      "correct horse battery staple correct horse", // Cannot be sent as one word.
      ` ${"t".repeat(32)}`,
      `${"t".repeat(32)}\n`,
      `${"t".repeat(32)}\x7f`,
      "ü".repeat(32),
    ],
  },
};

const options = Object.entries(table);
const secret = ["DATABASE_URL", "DOWNLINK_API_TOKEN"];

/** The message of the refusal. */
function refusal(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof SetupError) return error.message;
  }
  throw new Error(`taken: ${JSON.stringify(environment)}`);
}

test("every option has its default, and there is none beside those of the contract", () => {
  const defaults = Object.fromEntries(options.map(([, option]) => [option.key, option.default]));
  expect(readConfig({})).toEqual(defaults);
  expect(readConfig({ PATH: "/bin", HOME: "", downlink_x: "", DATABASE_URLS: "" })).toEqual(
    defaults,
  );
});

describe.each(options)("%s", (name, { key, takes, refuses }) => {
  test.each(Object.entries(takes))("takes %j", (text, value) => {
    expect(readConfig({ [name]: text })[key]).toBe(value);
  });

  test.each(refuses)("refuses %j in one line: its name, what it got, what it takes", (text) => {
    const message = refusal({ [name]: text });
    const shown = secret.includes(name) ? "a value that is not shown" : JSON.stringify(text);
    expect(message.startsWith(`${name} got ${shown}, takes `)).toBe(true);
    expect(message).toMatch(/, takes (a |one of |at least )\S.*$/);
    expect(message).not.toMatch(/[\n\r\0]|undefined/);
  });
});

test("an unknown name is refused before any value is read, with those that are known", () => {
  const message = refusal({ DOWNLINK_SETTLE: "5", DOWNLINK_SETTLE_MS: "wrong" });
  expect(message).toMatch(/^DOWNLINK_SETTLE is not a known variable; known are /);
  for (const [name] of options) expect(message).toContain(name);
  expect(message).not.toContain("\n");
});

test("no secret is shown, not even that of a malformed value", () => {
  for (const url of [
    "canary-secret",
    "mysql://u:canary-secret@h/d",
    "postgres//u:canary-secret@h",
  ]) {
    expect(refusal({ DATABASE_URL: url })).not.toContain("canary");
  }
  expect(refusal({ DOWNLINK_API_TOKEN: "canary-secret" })).not.toContain("canary");
});

test("a long or strange value is shown cut, and on one line", () => {
  const message = refusal({ DOWNLINK_SETTLE_MS: `1\n"${"x".repeat(5_000)}` });
  expect(message.length).toBeLessThan(400);
  expect(message).not.toContain("\n");
});
