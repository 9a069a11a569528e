// A daemon that can be looked into: which of its threads took how much CPU, and how long its event loop was held up.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Daemon, DaemonOptions } from "./daemon.ts";
import { cpuSecondsOfThreads } from "./proc.ts";

export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** CPU seconds since the daemon began. Zeros where there is no /proc. */
export interface ThreadSeconds {
  readonly main: number;
  readonly workers: number;
  /** File calls, garbage collection, compilation: threads of Node.js itself. */
  readonly helpers: number;
}

/** What the daemon has to load, so that it can be looked into. */
export function observer(dir: string): NonNullable<DaemonOptions["preload"]> {
  const url = new URL("../preload/observe.mjs", import.meta.url).href;
  return { url, env: { BENCH_THREADS_FILE: threadsFile(dir) } };
}

const threadsFile = (dir: string): string => join(dir, "worker-threads");

/** The delay since the last time it was asked to begin, in milliseconds. */
export async function askLoopDelay(daemon: Daemon, question: "begin" | "tell"): Promise<LoopDelay> {
  const answered = once(daemon.process, "message");
  daemon.process.send(question);
  const [answer] = await answered;
  return answer;
}

export async function threadSeconds(daemon: Daemon, dir: string): Promise<ThreadSeconds> {
  const text = await readFile(threadsFile(dir), "utf8").catch(() => "");
  const workerIds = new Set(text.split("\n").map(Number));
  const seconds = { main: 0, workers: 0, helpers: 0 };
  for (const [id, cpuSeconds] of await cpuSecondsOfThreads(daemon.pid)) {
    const part = id === daemon.pid ? "main" : workerIds.has(id) ? "workers" : "helpers";
    seconds[part] += cpuSeconds;
  }
  return seconds;
}
