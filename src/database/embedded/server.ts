// Starts the embedded server, or takes over the one that runs already: what a killed daemon left, or what another one
// has just started. When to start it again, and who may stop it, is for the database component to decide.
import { resolve } from "node:path";
import { type Binaries, findBinaries } from "./binaries.ts";
import { clusterMajors, ensureCluster, ensureLogFolder } from "./cluster.ts";
import { prepareHome } from "./home.ts";
import type { EmbeddedServerLog } from "./log.ts";
import { databaseUrl } from "./open-database.ts";
import { ensurePassword } from "./password.ts";
import { type Cluster, stopPostmaster } from "./postmaster.ts";
import { reachServer } from "./reach-server.ts";
import { usableBinaries } from "./usable-binaries.ts";

export interface EmbeddedServerOptions {
  /** The folder `postgres` inside the data folder: cluster, log and password. Made if missing. */
  readonly dir: string;
  /** Taken if it is free, else any free one. 0: any. */
  readonly preferredPort: number;
  /** Default true. false: no fsync, and the data may be lost when the machine crashes. For tests only. */
  readonly durable?: boolean;
  /** Further settings of the server, by name. They win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: EmbeddedServerLog;
  /** Ends a start that is under way, and the server with it if this start began it. */
  readonly signal?: AbortSignal;
  /**
   * Root only: where the cluster and a copy of the programs go when the account that runs the server cannot enter
   * `dir`. Default /var/lib/downlink/<hash of dir>, so that two checkouts of root do not share a cluster.
   */
  readonly rootFallbackDir?: string;
  /** Longest wait for the server to be ready; a crash recovery may use much of it. Default 120 000. */
  readonly startLimitMs?: number;
  /** The package with the programs. Default: the one of this platform in node_modules. */
  readonly packageDir?: string;
}

export interface EmbeddedServer {
  /** With the password: not for the log. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** It ran already. */
  readonly adopted: boolean;
  readonly dataDir: string;
  /**
   * Stops whatever server then runs on this cluster, also when it was adopted, or another daemon uses it: whoever calls
   * this has made sure to be the only one. May be called twice. @throws {EmbeddedServerError}
   */
  stop(): Promise<void>;
}

const defaultStartLimitMs = 120_000;

/**
 * Returns when the server takes connections to the database `downlink`. Cheap when it runs already (about 20 ms), so it
 * may be called again whenever the server seems to be gone.
 * @throws {SetupError} a person must set something right.
 * @throws {EmbeddedServerError} it did not start; another try may help.
 * @throws the reason of `signal`.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { signal, log = () => {}, startLimitMs: limitMs = defaultStartLimitMs } = options;
  signal?.throwIfAborted();
  const found = await findBinaries(options.packageDir);
  const prepared = await prepare(options, found, log);
  const { server, adopted } = await reachServer({ ...options, ...prepared, log, signal, limitMs });
  const { cluster, password } = prepared;
  const { pid, port } = server;
  log(adopted ? "embedded server adopted" : "embedded server started", {
    pid,
    port,
    dataDir: cluster.dataDir,
    version: found.version,
    ...(cluster.account === undefined ? {} : { account: cluster.account.name }),
  });
  return {
    url: databaseUrl(password, port),
    port,
    pid,
    adopted,
    dataDir: cluster.dataDir,
    stop: stopOnce(cluster, log),
  };
}

/** Everything but the server itself: folders, password, cluster. */
async function prepare(options: EmbeddedServerOptions, found: Binaries, log: EmbeddedServerLog) {
  const { dir, rootFallbackDir, durable = true, signal } = options;
  const place = await prepareHome({ dir, rootFallbackDir, log });
  const { home, account } = place;
  let usable: Promise<Binaries> | undefined;
  const binaries = (): Promise<Binaries> => {
    usable ??= usableBinaries(found, place, log, signal);
    return usable;
  };
  const hasCluster = (await clusterMajors(home)).length > 0;
  const password = await ensurePassword(home, resolve(dir), hasCluster);
  const { major } = found;
  const dataDir = await ensureCluster({
    home,
    account,
    binaries,
    major,
    password,
    durable,
    log,
    signal,
  });
  const logDir = await ensureLogFolder(home, account);
  const cluster: Cluster = { dataDir, account };
  return { cluster, password, logDir, binaries };
}

/** A stop that is asked for twice is one. */
function stopOnce(cluster: Cluster, log: EmbeddedServerLog): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= stopPostmaster(cluster).then(() =>
      log("embedded server stopped", { dataDir: cluster.dataDir }),
    );
    return stopped;
  };
}
