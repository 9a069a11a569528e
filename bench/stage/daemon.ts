// The daemon as a person runs it: the built program in a process of its own, with its default settings but for the
// database, the folders and the port. What it does is read from its log, by the log's own times.
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cpuSecondsOf, type ResidentMemory, residentMemoryOf } from "./proc.ts";

const entry = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const keptLogLines = 50;
const longestStartMs = 60_000;
const longestStopMs = 20_000;

export interface DaemonOptions {
  readonly databaseUrl: string;
  readonly filesDir: string;
  readonly dataDir: string;
  /** Further DOWNLINK_ variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules to be loaded first, in every thread, with what they are told by the environment. */
  readonly preload?: { readonly url: string; readonly env: Readonly<Record<string, string>> };
}

/** The end of one package, as the log tells it. */
export interface PackageEnd {
  readonly name: string;
  /** Milliseconds since 1970, by the daemon's clock, which is ours too. */
  readonly atMs: number;
}

export class Daemon {
  readonly process: ChildProcess;
  readonly #ends: PackageEnd[] = [];
  readonly #lastLines: string[] = [];
  readonly #bell = new EventEmitter().setMaxListeners(0);
  #isReady = false;
  #httpUrl: string | undefined;

  private constructor({ databaseUrl, filesDir, dataDir, env, preload }: DaemonOptions) {
    this.process = spawn(process.execPath, [entry], {
      env: {
        PATH: process.env["PATH"],
        ...(preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload.url}` }),
        ...preload?.env,
        DATABASE_URL: databaseUrl,
        DOWNLINK_FILES_DIR: filesDir,
        DOWNLINK_DATA_DIR: dataDir,
        DOWNLINK_HTTP_PORT: "0",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe", preload === undefined ? "ignore" : "ipc"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream !== null)
        createInterface({ input: stream }).on("line", (line) => this.#read(line));
    }
    this.process.on("exit", () => this.#bell.emit("change"));
  }

  /** Returns when it is ready. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    if (!existsSync(entry)) throw new Error(`${entry} is not there: npm run build`);
    const daemon = new Daemon(options);
    try {
      await daemon.#until(() => daemon.#isReady, longestStartMs, "ready");
      return daemon;
    } catch (error) {
      await daemon.stop();
      throw error;
    }
  }

  /** Of its HTTP address. */
  get httpUrl(): string {
    if (this.#httpUrl === undefined) throw this.#failure("it has no HTTP address");
    return this.#httpUrl;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Packages that are complete, in the order of their ends. */
  get ends(): readonly PackageEnd[] {
    return this.#ends;
  }

  /** Resolves when so many packages are complete, counted from the daemon's start. */
  async completed(count: number, limitMs = 1_800_000): Promise<readonly PackageEnd[]> {
    await this.#until(() => this.#ends.length >= count, limitMs, `${count} packages complete`);
    return this.#ends.slice(0, count);
  }

  cpuSeconds(): Promise<number | undefined> {
    return cpuSecondsOf(this.pid);
  }

  residentMemory(): Promise<ResidentMemory | undefined> {
    return residentMemoryOf(this.pid);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.process, "exit");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), longestStopMs);
    this.process.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  }

  #read(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > keptLogLines) this.#lastLines.shift();
    if (line.includes('"msg":"package complete"')) {
      const { name, time }: { name: string; time: string } = JSON.parse(line);
      this.#ends.push({ name, atMs: Date.parse(time) });
    } else if (line.includes('"msg":"ready"')) {
      const { http }: { http: string | null } = JSON.parse(line);
      this.#httpUrl = http ?? undefined;
      this.#isReady = true;
    }
    this.#bell.emit("change");
  }

  async #until(isTrue: () => boolean, limitMs: number, what: string): Promise<void> {
    const limit = AbortSignal.timeout(limitMs);
    while (!isTrue()) {
      if (!this.isRunning) throw this.#failure(`it ended before: ${what}`);
      if (limit.aborted) throw this.#failure(`not seen in ${limitMs} ms: ${what}`);
      await once(this.#bell, "change", { signal: limit }).catch(() => {});
    }
  }

  #failure(text: string): Error {
    return new Error(`the daemon: ${text}\n${this.#lastLines.join("\n")}`);
  }
}
