// One server for a whole run of the tests: TEST_DATABASE_URL if it is given, else an embedded one without fsync in a
// temporary folder. Each test file makes a database of its own in it (test-database.ts). A run that is killed by SIGKILL
// leaves its server and its folder behind.
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedServer } from "../../src/database/embedded/server.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's URL: may make and drop databases. */
    adminUrl: string;
  }
}

/** Test files run side by side, each with a pool or two, on databases of one server. */
const settings = { max_connections: "200" };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_DATABASE_URL: given } = process.env;
  if (given !== undefined && given !== "") {
    project.provide("adminUrl", given);
    return async () => {};
  }
  const folder = await makeTemporaryFolder("downlink-run-");
  const dir = join(folder.path, "postgres");
  try {
    const server = await startEmbeddedServer({ dir, preferredPort: 0, durable: false, settings });
    project.provide("adminUrl", server.url);
    return async () => {
      await server.stop();
      await folder.remove();
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
