// On what was measured: a figure without it says nothing.
import { execFile } from "node:child_process";
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Plan } from "../scenarios/scenario.ts";
import type { BenchServer } from "../stage/server.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

export interface Environment {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly server: string;
  /** Of the repository; undefined outside of one. */
  readonly commit: string | undefined;
  /** Processes that wanted to run in the last minute, before we did: near 0 on a quiet machine. */
  readonly loadAverage: number;
}

export async function readEnvironment(server: BenchServer): Promise<Environment> {
  const [row] = await server.query<{ version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
    server: `PostgreSQL ${row?.version ?? "unknown"}`,
    commit: await commit(),
    loadAverage: loadavg()[0] ?? Number.NaN,
  };
}

export function shownEnvironment(environment: Environment, { rounds }: Plan): string {
  const { cores, processor, memoryGib, system, node, server, commit, loadAverage } = environment;
  return [
    `${cores} cores (${processor}), ${memoryGib} GiB, ${system}, node ${node}, ${server}`,
    `commit ${commit ?? "unknown"}, load average before ${loadAverage.toFixed(2)}, ${rounds} rounds`,
  ].join("; ");
}

async function commit(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["describe", "--always", "--dirty"], {
      cwd: repository,
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
