// Every option of the daemon: name, default, unit, check. Read once at start and handed down; nothing else reads the
// environment. An empty value is a wrong value: an empty DATABASE_URL must not quietly choose another database.
import { availableParallelism } from "node:os";
import pg from "pg";
import { z } from "zod";
import { SetupError } from "./errors.ts";

const prefix = "DOWNLINK_";

function integer(lowest: number, highest: number, unit: string) {
  const takes = `a whole number of ${unit}, ${lowest} to ${highest}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, takes)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, takes);
}

function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `one of ${words.join(", ")}` });
}

const yesNo = oneOf("true", "false").transform((word) => word === "true");
const folder = z
  .string()
  .min(1, "a folder")
  .refine((path) => !path.includes("\0"), "a folder");

const sslModes = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

const databaseUrl = z
  .string()
  .refine(isReadByPg, {
    message:
      "a URL like postgres://user:password@host:5432/database, whose certificate files can be read",
  })
  .refine(hasKnownSslMode, { message: `a URL with one of sslmode=${sslModes.join(", ")}` });

/** It is pg that takes the URL apart, and reads the files that it names: what it cannot take now it never will. */
function isReadByPg(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  url.searchParams.delete("sslmode"); // Of some pg warns each time that it sees them, which is for who connects.
  try {
    const { port } = new pg.Client({ connectionString: url.href });
    return port >= 1 && port <= 65_535;
  } catch {
    return false;
  }
}

/** With one that it does not know pg would ask for TLS, and say nothing. */
function hasKnownSslMode(text: string): boolean {
  const mode = URL.canParse(text) ? new URL(text).searchParams.get("sslmode") : null;
  return mode === null || sslModes.includes(mode);
}

const httpPort = z
  .string()
  .regex(/^(off|\d{1,5})$/, "a port from 0 to 65535, or off")
  .transform((text): number | "off" => (text === "off" ? text : Number(text)))
  .refine((port) => port === "off" || port <= 65_535, "a port from 0 to 65535, or off");

/** What a header can carry as one word. */
const apiToken = z
  .string()
  .regex(/^[!-~]{32,}$/, "at least 32 characters of visible ASCII, none of them a space");

const gibibyte = 2 ** 30;

const environmentSchema = z.object({
  /** Unset: the embedded server. */
  DATABASE_URL: databaseUrl.optional(),
  DOWNLINK_DATA_DIR: folder.default(".data"),
  DOWNLINK_DATABASE_PORT: integer(1, 65_535, "a port").default(54_329),
  DOWNLINK_FILES_DIR: folder.default("files"),
  DOWNLINK_SETTLE_MS: integer(0, 86_400_000, "ms").default(300),
  DOWNLINK_SCAN_INTERVAL_MS: integer(10, 86_400_000, "ms").default(2_000),
  DOWNLINK_MAX_PACKAGES: integer(1, 64, "packages").default(4),
  DOWNLINK_PARSE_THREADS: integer(1, 256, "threads").default(
    Math.max(1, availableParallelism() - 1),
  ),
  DOWNLINK_BATCH_ROWS: integer(1, 1_000_000, "rows").default(50_000),
  /** 0: none. */
  DOWNLINK_MAX_ROWS_PER_SECOND: integer(0, 1_000_000_000, "rows per second").default(0),
  DOWNLINK_MAX_LINE_BYTES: integer(1, gibibyte / 4, "bytes").default(1_048_576),
  DOWNLINK_MAX_REJECTS_STORED: integer(0, 1_000_000_000, "lines").default(10_000),
  DOWNLINK_MAX_ATTEMPTS: integer(1, 1_000_000, "runs").default(20),
  DOWNLINK_ON_COMPLETE: oneOf("delete", "archive").default("delete"),
  DOWNLINK_HTTP_HOST: z.string().min(1, "a host name or address").default("127.0.0.1"),
  DOWNLINK_HTTP_PORT: httpPort.default(8_080),
  DOWNLINK_LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent").default(
    "info",
  ),
  DOWNLINK_THROTTLE: oneOf("adaptive", "off").default("adaptive"),
  DOWNLINK_ALLOW_UNSAFE_DATABASE: yesNo.default(false),
  /** 0: keep all. */
  DOWNLINK_ARCHIVE_MAX_BYTES: integer(0, Number.MAX_SAFE_INTEGER, "bytes").default(0),
  /** 0: keep all. */
  DOWNLINK_ARCHIVE_MAX_AGE_HOURS: integer(0, 1_000_000, "hours").default(0),
  DOWNLINK_API_TOKEN: apiToken.optional(),
});

/** An address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

export type Config = Readonly<ReturnType<typeof toConfig>>;

/**
 * Reads the configuration.
 * @param environment variables, as in process.env; names that do not begin with DOWNLINK_ are none of ours.
 * @throws {SetupError} one line that names the variable, what it got and what it takes.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.keys(environmentSchema.shape);
  for (const name of Object.keys(environment)) {
    if (name.startsWith(prefix) && !known.includes(name)) {
      throw new SetupError(`${name} is not a known variable; known are ${known.join(", ")}`);
    }
  }
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return withClosedAddress(toConfig(parsed.data));
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  throw new SetupError(`${name} got ${shown(name, environment[name])}, takes ${issue?.message}`);
}

/** Whoever reaches the API can send packages and change settings. @throws {SetupError} */
function withClosedAddress(config: Config): Config {
  const { httpHost, httpPort, apiToken } = config;
  if (httpPort === "off" || isLoopback(httpHost) || apiToken !== undefined) return config;
  throw new SetupError(
    `DOWNLINK_HTTP_HOST got ${JSON.stringify(httpHost)}, which others can reach: set DOWNLINK_API_TOKEN (at least 32 characters), or take 127.0.0.1`,
  );
}

/** A wrong value as it may be shown: a URL or a token may hold a secret even when it is malformed. */
function shown(name: string, value: string | undefined): string {
  if (name === "DATABASE_URL" || name === "DOWNLINK_API_TOKEN") return "a value that is not shown";
  return JSON.stringify(value?.slice(0, 200));
}

function toConfig(env: z.output<typeof environmentSchema>) {
  return {
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DOWNLINK_DATA_DIR,
    databasePort: env.DOWNLINK_DATABASE_PORT,
    filesDir: env.DOWNLINK_FILES_DIR,
    settleMs: env.DOWNLINK_SETTLE_MS,
    scanIntervalMs: env.DOWNLINK_SCAN_INTERVAL_MS,
    maxPackages: env.DOWNLINK_MAX_PACKAGES,
    parseThreads: env.DOWNLINK_PARSE_THREADS,
    batchRows: env.DOWNLINK_BATCH_ROWS,
    maxRowsPerSecond: env.DOWNLINK_MAX_ROWS_PER_SECOND,
    maxLineBytes: env.DOWNLINK_MAX_LINE_BYTES,
    maxRejectsStored: env.DOWNLINK_MAX_REJECTS_STORED,
    maxAttempts: env.DOWNLINK_MAX_ATTEMPTS,
    onComplete: env.DOWNLINK_ON_COMPLETE,
    httpHost: env.DOWNLINK_HTTP_HOST,
    httpPort: env.DOWNLINK_HTTP_PORT,
    logLevel: env.DOWNLINK_LOG_LEVEL,
    throttle: env.DOWNLINK_THROTTLE,
    allowUnsafeDatabase: env.DOWNLINK_ALLOW_UNSAFE_DATABASE,
    archiveMaxBytes: env.DOWNLINK_ARCHIVE_MAX_BYTES,
    archiveMaxAgeHours: env.DOWNLINK_ARCHIVE_MAX_AGE_HOURS,
    apiToken: env.DOWNLINK_API_TOKEN,
  };
}
