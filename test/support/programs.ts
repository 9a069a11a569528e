// The programs that tests run in processes of their own, compiled once for a whole run: a daemon or a command line
// starts four times faster than from TypeScript, and many are started.
import { execFile } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** @param folder an empty one. Whatever the programs find beside themselves in the repository, they find there too. */
export async function compilePrograms(folder: string): Promise<void> {
  const compiler = join(repository, "node_modules", ".bin", "tsc");
  const project = join(repository, "test", "support", "tsconfig.json");
  // Types are the gate's own step.
  await promisify(execFile)(compiler, ["-p", project, "--outDir", folder, "--noCheck"]);
  for (const name of ["package.json", "node_modules", "drizzle"]) {
    await symlink(join(repository, name), join(folder, name));
  }
}

/** Of a program, by its source's path in the repository. */
export function programPath(folder: string, source: string): string {
  return join(folder, source.replace(/\.ts$/, ".js"));
}
