// Starts the server's program once and waits until it is ready or has ended. Whether to try again is the caller's.
//
// Not by pg_ctl, which hands our arguments to a shell: a folder's name may hold any character, and a server that is
// our own child tells at once when it ends. As under pg_ctl it gets a session of its own, so that Ctrl-C, which goes to
// the whole process group, reaches the daemon alone; and it outlives us when we are killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { folderError } from "./file-errors.ts";
import { type Cluster, fastStop, findPostmaster, type Postmaster, pollMs } from "./postmaster.ts";
import { serverEnvironment } from "./run-program.ts";
import { startLogFile } from "./settings.ts";

export interface LaunchOptions {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly settings: readonly string[];
  readonly logDir: string;
  /** Gives up the wait and stops the server. */
  readonly signal: AbortSignal | undefined;
  /** Gives up the wait and leaves the server: it may be in a long recovery, and a later start finds it. */
  readonly limit: AbortSignal;
}

export type Launched =
  | { readonly kind: "ready"; readonly server: Postmaster }
  /** It has ended, and `why` is what it said. */
  | { readonly kind: "ended"; readonly why: string };

const endBytes = 4_096; // Of a log, to look for the reason in.
const startLogBytes = 65_536; // From there on it begins anew; a start writes some hundred.

export async function launch(options: LaunchOptions): Promise<Launched> {
  const { cluster, logDir, signal, limit } = options;
  const startLog = await openStartLog(startLogFile(logDir));
  try {
    const { size } = await startLog.stat();
    const child = await spawnServer(options, startLog);
    const wait = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    try {
      const server = await untilReady(child, cluster.dataDir, wait);
      if (server !== undefined) return { kind: "ready", server };
    } catch (error) {
      if (signal?.aborted) child.kill(fastStop);
      throw error;
    }
    return { kind: "ended", why: await lastWords(startLogFile(logDir), size, logDir) };
  } finally {
    await startLog.close();
  }
}

async function openStartLog(path: string): Promise<FileHandle> {
  const handle = await open(path, "a", 0o640).catch((error: unknown) => {
    throw folderError(path, error);
  });
  if ((await handle.stat()).size > startLogBytes) await handle.truncate(0);
  return handle;
}

async function spawnServer(
  { cluster, binaries, settings }: LaunchOptions,
  { fd }: FileHandle,
): Promise<ChildProcess> {
  const { dataDir, account } = cluster;
  const child = spawn(binaries.postgres, ["-D", dataDir, ...settings], {
    cwd: "/", // It moves into its data folder by itself.
    detached: true,
    env: serverEnvironment(),
    stdio: ["ignore", fd, fd], // Files, not pipes: those would break when we die.
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  });
  child.unref();
  await once(child, "spawn");
  return child;
}

async function untilReady(
  child: ChildProcess,
  dataDir: string,
  wait: AbortSignal,
): Promise<Postmaster | undefined> {
  for (;;) {
    const server = await findPostmaster(dataDir);
    if (server?.pid === child.pid && server?.status === "ready") return server;
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    await delay(pollMs, null, { signal: wait });
  }
}

/** The end of what the server wrote since it was started: first to start.log, later to its own log. */
async function lastWords(startLog: string, from: number, logDir: string): Promise<string> {
  const early = (await readFile(startLog)).subarray(from).toString();
  const late = early.includes("FATAL") ? "" : await newestLog(logDir);
  return `${early}${late}`
    .split("\n")
    .filter((line) => /FATAL|ERROR|PANIC|HINT|DETAIL/.test(line))
    .slice(-3)
    .map((line) => line.replace(/^.*?(?=FATAL|ERROR|PANIC|HINT|DETAIL)/, "").trim())
    .join(" ")
    .slice(0, 300);
}

async function newestLog(logDir: string): Promise<string> {
  const names = (await readdir(logDir)).filter((name) => name.startsWith("postgresql-"));
  const logs = await Promise.all(names.map((name) => endOf(join(logDir, name))));
  return logs.sort((a, b) => b.mtimeMs - a.mtimeMs)[0]?.text ?? "";
}

async function endOf(path: string): Promise<{ readonly mtimeMs: number; readonly text: string }> {
  const handle = await open(path, "r");
  try {
    const { mtimeMs, size } = await handle.stat();
    const start = Math.max(0, size - endBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(endBytes), 0, endBytes, start);
    return { mtimeMs, text: buffer.subarray(0, bytesRead).toString() };
  } finally {
    await handle.close();
  }
}
