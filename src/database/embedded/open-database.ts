// Proves that a server takes our password, and makes the database `downlink` in it if it is missing. No schema: that is
// what the migrations are for.
import pg from "pg";
import { SetupError } from "../../errors.ts";
import { errorCode, isOutage } from "../faults.ts";
import { databaseName } from "./cluster.ts";

const limitMs = 10_000;
const noSuchDatabase = "3D000";
const wrongPassword = ["28P01", "28000"];
/** Another daemon makes it at the same moment. */
const alreadyThere = ["42P04", "23505"];

export function databaseUrl(password: string, port: number, database = databaseName): string {
  return `postgres://${databaseName}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * @returns false if the server does not answer now: it is stopping, or has gone.
 * @throws {SetupError} the password does not fit.
 */
export async function openDatabase(
  password: string,
  port: number,
  dataDir: string,
): Promise<boolean> {
  try {
    await query(databaseUrl(password, port), "SELECT 1");
    return true;
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (wrongPassword.includes(code)) throw wrongPasswordError(dataDir, error);
    if (code === noSuchDatabase) return createDatabase(password, port);
    if (isOutage(error)) return false;
    throw error;
  }
}

async function createDatabase(password: string, port: number): Promise<boolean> {
  try {
    await query(databaseUrl(password, port, "postgres"), `CREATE DATABASE ${databaseName}`);
    return true;
  } catch (error) {
    if (alreadyThere.includes(errorCode(error) ?? "")) return true;
    if (isOutage(error)) return false;
    throw error;
  }
}

function wrongPasswordError(dataDir: string, cause: unknown): SetupError {
  return new SetupError(
    `the server of ${dataDir} does not take the password in the file beside it: put back the file that was made with this cluster`,
    { cause },
  );
}

async function query(connectionString: string, statement: string): Promise<void> {
  // `ssl: false`: the server has none, and a PGSSLMODE of a person's shell must not ask for it.
  const client = new pg.Client({
    connectionString,
    ssl: false,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
  });
  client.on("error", () => {}); // A lost connection also fails the query, and is handled there.
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}
