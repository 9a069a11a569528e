// The checker: tables and folders against the manifest. It knows the tables of the contract, the folders and the
// manifest, and nothing of the daemon's code.
import pg from "pg";
import { fillExpectedTables } from "../manifest/expected-tables.ts";
import { readManifest } from "../manifest/manifest-file.ts";
import { finalInvariants } from "./final-invariants.ts";
import { checkFolders } from "./folders.ts";
import { invariants, type Limits } from "./invariants.ts";
import { runInSnapshot } from "./tables.ts";
import type { Violation } from "./violation.ts";

export interface CheckOptions {
  readonly databaseUrl: string;
  readonly filesDir: string;
  readonly manifestPath: string;
  readonly onComplete: "delete" | "archive";
  readonly limits: Limits;
}

/** V1 to V12, at any moment, while daemons run. */
export async function checkMoment({ databaseUrl, limits }: CheckOptions): Promise<Violation[]> {
  return withClient(databaseUrl, (client) => runInSnapshot(client, invariants(limits)));
}

/** V1 to V12 and that no file is gone too early. While no daemon runs. */
export async function checkAtRest(options: CheckOptions): Promise<Violation[]> {
  const entries = await readManifest(options.manifestPath);
  return withClient(options.databaseUrl, async (client) => [
    ...(await runInSnapshot(client, invariants(options.limits))),
    ...(await checkFolders(client, { ...options, entries, isFinal: false })),
  ]);
}

/** Everything, when all that was dropped is said to be loaded and no daemon runs. */
export async function checkFinal(options: CheckOptions): Promise<Violation[]> {
  const entries = await readManifest(options.manifestPath);
  const inTables = await checkTables(options);
  const inFolders = await withClient(options.databaseUrl, (client) =>
    checkFolders(client, { ...options, entries, isFinal: true }),
  );
  return [...inTables, ...inFolders];
}

/** V1 to V16, when all that was dropped is said to be loaded; daemons may run. */
export async function checkTables(options: CheckOptions): Promise<Violation[]> {
  const entries = await readManifest(options.manifestPath);
  return withClient(options.databaseUrl, async (client) => {
    await fillExpectedTables(client, entries);
    return runInSnapshot(client, [...invariants(options.limits), ...finalInvariants]);
  });
}

async function withClient<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString, application_name: "checker" });
  client.on("error", () => {}); // A lost connection fails the query too.
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
