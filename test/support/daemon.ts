// A daemon in a process of its own, as a user runs it, with folders of its own. Waits are for conditions, with a
// deadline; what it logged is shown when one passes.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { programPath } from "./programs.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const startMs = 30_000;
const pollMs = 20;

export interface DaemonOptions {
  /** The folder that holds `files` and `.data`. */
  readonly dir: string;
  /** Further variables. DATABASE_URL unset: the embedded server in `dir`. */
  readonly env?: Readonly<Record<string, string>>;
  /** As in faulty-daemon.ts. */
  readonly faults?: string;
  /** A command that ends in running its arguments in its own place, such as a shell that has set a limit. */
  readonly under?: readonly string[];
  /** Options of Node.js. */
  readonly nodeOptions?: readonly string[];
}

export type LogLine = Readonly<Record<string, unknown>>;

export class TestDaemon {
  readonly process: ChildProcess;
  readonly log: LogLine[] = [];
  stdout = "";
  stderr = "";

  constructor({ dir, env = {}, faults = "", under = [], nodeOptions = [] }: DaemonOptions) {
    const program = programPath(inject("programs"), "test/support/faulty-daemon.ts");
    const [command = "", ...args] = [...under, process.execPath, ...nodeOptions, program];
    this.process = spawn(command, args, {
      cwd: repository,
      env: {
        ...quietEnvironment(),
        DOWNLINK_FILES_DIR: join(dir, "files"),
        DOWNLINK_DATA_DIR: join(dir, ".data"),
        DOWNLINK_ALLOW_UNSAFE_DATABASE: "true",
        DOWNLINK_HTTP_PORT: "off",
        DOWNLINK_SETTLE_MS: "50",
        DOWNLINK_SCAN_INTERVAL_MS: "100",
        FAULTS: faults,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.process;
    if (stdout === null || stderr === null) throw new Error("no pipes");
    stdout.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
    });
    createInterface({ input: stdout }).on("line", (line) => this.log.push(JSON.parse(line)));
    stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
  }

  /** Resolves with the exit code, or the signal that ended it. */
  get exited(): Promise<number | NodeJS.Signals> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null) return Promise.resolve(exitCode);
    if (signalCode !== null) return Promise.resolve(signalCode);
    return once(this.process, "exit").then(([code, signal]) => code ?? signal);
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  async ready(): Promise<void> {
    await this.logged("ready");
  }

  /** Resolves with the n-th line of that message. */
  async logged(message: string, nth = 1): Promise<LogLine> {
    return this.until(`the log line "${message}"`, async () => {
      return this.log.filter(({ msg }) => msg === message)[nth - 1];
    });
  }

  /** Resolves with what `condition` gives as soon as that is neither undefined nor false. */
  async until<Result>(
    what: string,
    condition: () => Promise<Result | undefined | false>,
    limitMs = startMs,
  ): Promise<Result> {
    const deadlineMs = performance.now() + limitMs;
    for (;;) {
      const result = await condition();
      if (result !== undefined && result !== false) return result;
      if (performance.now() > deadlineMs || !this.isRunning) break;
      await delay(pollMs);
    }
    const state = this.isRunning ? `in ${limitMs} ms` : "before the daemon ended";
    const log = this.log.map((line) => JSON.stringify(line)).join("\n");
    throw new Error(`not seen ${state}: ${what}\n${log}\n${this.stderr}`);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | NodeJS.Signals> {
    this.process.kill(signal);
    return this.exited;
  }
}

/** What lies in the folders of a daemon, by folder; claims without their folder. */
export async function filesIn(dir: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const folder of ["ingest", "processing", "failed", "archive"]) {
    found[folder] = (await filesBelow(join(dir, "files", folder))).sort();
  }
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((one) => one.isFile() && !one.name.startsWith("."))
      .map(({ name }) => name);
  } catch {
    // A claim that ends amid the look is no empty folder: looked at again.
    if (existsSync(folder)) return filesBelow(folder);
    return [];
  }
}

/** This process's environment without what would configure a daemon, or tell it that it is under test. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(DOWNLINK_|DATABASE_URL$|NODE_OPTIONS$|VITEST|FAULTS$|PG)/.test(name),
  );
  return Object.fromEntries(kept);
}
