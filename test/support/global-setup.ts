// Once for a whole run of the tests: the programs that they start, compiled, and a server: TEST_DATABASE_URL if it is
// given, else an embedded one without fsync in a temporary folder. Each test file makes a database of its own in it (test-database.ts). A run that is killed by SIGKILL
// leaves its server and its folder behind.
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedServer } from "../../src/database/embedded/server.ts";
import { compilePrograms } from "./programs.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's URL: may make and drop databases. */
    adminUrl: string;
    /** Where the compiled programs are (programs.ts). */
    programs: string;
  }
}

/** Test files run side by side, each with a pool or two, on databases of one server. */
const settings = { max_connections: "200" };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeTemporaryFolder("downlink-run-");
  try {
    const programs = join(folder.path, "programs");
    const [stopServer] = await Promise.all([
      startServer(project, folder.path),
      compilePrograms(programs),
    ]);
    project.provide("programs", programs);
    return async () => {
      await stopServer();
      await folder.remove();
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function startServer(project: TestProject, folder: string): Promise<() => Promise<void>> {
  const { TEST_DATABASE_URL: given } = process.env;
  if (given !== undefined && given !== "") {
    project.provide("adminUrl", given);
    return async () => {};
  }
  const dir = join(folder, "postgres");
  const server = await startEmbeddedServer({ dir, preferredPort: 0, durable: false, settings });
  project.provide("adminUrl", server.url);
  return () => server.stop();
}
