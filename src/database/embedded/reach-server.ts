// Looks at the cluster until there is a server that answers: adopts one that is ready, waits for one that starts or
// stops, starts one where there is none, and tries again when that lost a race for the port or the folder.
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedServerError } from "../../errors.ts";
import type { Binaries } from "./binaries.ts";
import { findFreePort } from "./free-port.ts";
import { type Launched, launch } from "./launch.ts";
import type { EmbeddedServerLog } from "./log.ts";
import { openDatabase } from "./open-database.ts";
import {
  type Cluster,
  findPostmaster,
  type Postmaster,
  pollMs,
  removeStalePidFile,
} from "./postmaster.ts";
import { serversIn } from "./process-check.ts";
import { settingArguments } from "./settings.ts";

export interface ReachOptions {
  readonly cluster: Cluster;
  readonly password: string;
  readonly logDir: string;
  readonly binaries: () => Promise<Binaries>;
  readonly preferredPort: number;
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: EmbeddedServerLog;
  /** Ends the wait, and the server if it was started here. */
  readonly signal: AbortSignal | undefined;
  readonly limitMs: number;
}

export interface Reached {
  readonly server: Postmaster;
  readonly adopted: boolean;
}

const mostFailures = 5;
const backOffMs = 200; // Times the failures so far: 2 s in all.

/** @throws {EmbeddedServerError} none answers within the limit, or it ended five times at its start. */
export async function reachServer(options: ReachOptions): Promise<Reached> {
  const limit = AbortSignal.timeout(options.limitMs);
  try {
    return await untilReached(options, limit);
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (!limit.aborted) throw cause;
    const { dataDir } = options.cluster;
    const state = (await findPostmaster(dataDir))?.status ?? "not running";
    throw new EmbeddedServerError(
      `the embedded server of ${dataDir} was not ready within ${options.limitMs} ms (${state})`,
      { cause },
    );
  }
}

async function untilReached(options: ReachOptions, limit: AbortSignal): Promise<Reached> {
  const { cluster, password, log, signal } = options;
  const wait = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const said = new Set<string>();
  for (let failures = 0; ; ) {
    wait.throwIfAborted();
    const running = await findPostmaster(cluster.dataDir);
    const launched = running === undefined ? await launchOnce(options, limit) : undefined;
    const server = launched?.kind === "ready" ? launched.server : running;
    if (server?.status === "ready") {
      const answers = await openDatabase(password, server.port, cluster.dataDir);
      if (answers) return { server, adopted: launched === undefined };
    } else if (server !== undefined && !said.has(server.status)) {
      said.add(server.status);
      log("waiting for the embedded server", { pid: server.pid, status: server.status });
    }
    if (launched?.kind === "ended") {
      failures += await judgeFailure(options, launched.why, failures, said);
      await delay(backOffMs * Math.max(1, failures), null, { signal: wait });
    } else {
      await delay(pollMs, null, { signal: wait });
    }
  }
}

async function launchOnce(options: ReachOptions, limit: AbortSignal): Promise<Launched> {
  const { cluster, logDir, durable = true, settings: extra = {}, log, signal } = options;
  const binaries = await options.binaries();
  await removeStalePidFile(cluster, log);
  const port = await findFreePort(options.preferredPort);
  const settings = settingArguments({ port, logDir, durable, extra });
  return launch({ cluster, binaries, settings, logDir, signal, limit });
}

/** How many failures this one counts for. @throws {EmbeddedServerError} it is one too many. */
async function judgeFailure(
  { cluster, log }: ReachOptions,
  why: string,
  failures: number,
  said: Set<string>,
): Promise<0 | 1> {
  const { dataDir, account } = cluster;
  if ((await findPostmaster(dataDir)) !== undefined) return 0; // Another daemon was faster: adopt its server.
  const left = (await serversIn(dataDir, account)) ?? [];
  if (left.length > 0) {
    // A server that was killed leaves backends that end with their statement; until then none can start.
    if (!said.has("left")) log("waiting for what an earlier server left", { pids: left.join(" ") });
    said.add("left");
    return 0;
  }
  if (failures + 1 >= mostFailures) {
    throw new EmbeddedServerError(`the embedded server of ${dataDir} does not start: ${why}`);
  }
  log("the embedded server ended at its start; trying again", { why });
  return 1;
}
