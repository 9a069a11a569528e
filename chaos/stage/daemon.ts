// A daemon in a process of its own, behind a network of its own: it can be killed, paused, cut off, and asked how it
// fares. It says over IPC which fault points it has reached.
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { until } from "../../test/support/until.ts";
import type { Network } from "./network.ts";

export interface DaemonOptions {
  readonly entry: string;
  readonly network: Network;
  /** All DOWNLINK_ variables but DATABASE_URL. */
  readonly env: Readonly<Record<string, string>>;
  /** As in armed-daemon.ts. */
  readonly faults?: string | undefined;
  /** Every point that is passed is told, not only the armed ones. */
  readonly tellsAll?: boolean | undefined;
  /** As in failing-io.ts: which call of the file system fails. 0: they are only counted. */
  readonly failingFileCall?: number | undefined;
}

export interface Told {
  readonly kind: "passed" | "reached";
  readonly point: string;
  readonly nth: number;
}

interface Stopped {
  readonly code: number | NodeJS.Signals;
  readonly ms: number;
}

/** A busy machine is no fault. */
const startMs = 120_000;
const keptLogLines = 400;

export class Daemon {
  readonly network: Network;
  readonly startedAtMs = performance.now();
  readonly told: Told[] = [];
  /** The last lines of its log, and what it wrote to stderr. */
  readonly log: string[] = [];
  /** Log lines of the levels error and fatal: no fault from outside accounts for one. */
  readonly alarms: string[] = [];
  /** It is meant to end: its end is no surprise. */
  isDoomed = false;
  /** Something was done to it, to the network or to the server: how long it takes now proves nothing. */
  isDisturbed = false;
  #isReady = false;
  /** When it was asked to stop, or was last woken. */
  #goesOnAtMs = 0;
  #stopped: Promise<Stopped> | undefined;
  readonly #process: ChildProcess;
  readonly #bell = new EventEmitter().setMaxListeners(0);

  constructor(options: DaemonOptions) {
    const { entry, network, env, faults = "", tellsAll = false, failingFileCall } = options;
    const preload = new URL("failing-io.js", pathToFileURL(entry)).href;
    this.network = network;
    this.#process = spawn(
      process.execPath,
      failingFileCall === undefined ? [entry] : ["--import", preload, entry],
      {
        env: {
          PATH: process.env["PATH"],
          DATABASE_URL: network.url,
          FAULTS: faults,
          FAULTS_TELL: tellsAll ? "all" : "",
          FAIL_FILE_CALL: String(failingFileCall ?? 0),
          ...env,
        },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    this.#process.on("message", (told: Told) => {
      this.told.push(told);
      this.#bell.emit("told");
    });
    this.#process.on("exit", () => this.#bell.emit("told"));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream !== null)
        createInterface({ input: stream }).on("line", (line) => this.#keep(line));
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves with the exit code, or the signal that ended it. */
  get exited(): Promise<number | NodeJS.Signals> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null) return Promise.resolve(exitCode);
    if (signalCode !== null) return Promise.resolve(signalCode);
    return once(this.#process, "exit").then(([code, signal]) => code ?? signal);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  async ready(): Promise<void> {
    await until(
      "the daemon's ready line",
      () => {
        if (!this.isRunning)
          throw new Error(`the daemon ended before it was ready\n${this.lastWords()}`);
        return this.isReady;
      },
      startMs,
    );
  }

  /** Resolves when the daemon has said that, or has ended, with whether it was said. */
  async reached(kind: Told["kind"], point: string, limitMs: number): Promise<boolean> {
    const isTold = (): boolean => this.told.some((one) => one.kind === kind && one.point === point);
    const limit = AbortSignal.timeout(limitMs);
    while (!isTold() && this.isRunning && !limit.aborted) {
      await once(this.#bell, "told", { signal: limit }).catch(() => {});
    }
    return isTold();
  }

  /** Answers a fault point that waits for the network to be cut. */
  answer(): void {
    if (!this.isRunning) return;
    this.#process.send({ kind: "dropped" });
  }

  async kill9(): Promise<void> {
    this.isDoomed = true;
    this.#process.kill("SIGKILL");
    await this.exited;
    await this.network.close();
  }

  /**
   * SIGTERM, once: a second one would end it at once. Kills it if it takes far too long.
   * @returns the exit code and how long the stop took, from the end of a pause if there was one
   */
  stop(limitMs = 120_000): Promise<Stopped> {
    this.#stopped ??= this.#stop(limitMs);
    return this.#stopped;
  }

  async #stop(limitMs: number): Promise<Stopped> {
    this.isDoomed = true;
    this.#goesOnAtMs = performance.now();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), limitMs);
    this.#process.kill("SIGTERM");
    const code = await this.exited;
    const endedAtMs = performance.now();
    clearTimeout(timer);
    await this.network.close();
    return { code, ms: endedAtMs - this.#goesOnAtMs };
  }

  /** Returns when the process stands still. */
  async pause(): Promise<void> {
    this.isDisturbed = true;
    this.#process.kill("SIGSTOP");
    await this.paused();
  }

  async paused(): Promise<void> {
    await until("the pause", async () => !this.isRunning || (await this.#state()) === "T", startMs);
  }

  resume(): void {
    this.#goesOnAtMs = performance.now();
    this.#process.kill("SIGCONT");
  }

  /** Resident memory and open descriptors. Linux only. */
  async usage(): Promise<{ readonly rssMb: number; readonly descriptors: number }> {
    const status = await readFile(`/proc/${this.pid}/status`, "utf8");
    const [, rssKb] = /^VmRSS:\s+(\d+)/m.exec(status) ?? [];
    const descriptors = (await readdir(`/proc/${this.pid}/fd`)).length;
    return { rssMb: Number(rssKb) / 1_024, descriptors };
  }

  /** What it logged last, but for what is said of every package. */
  lastWords(): string {
    return this.log
      .filter((line) => !/"level":(10|20|30)\b/.test(line))
      .slice(-12)
      .join("\n");
  }

  async #state(): Promise<string | undefined> {
    const stat = await readFile(`/proc/${this.pid}/stat`, "utf8").catch(() => "");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  }

  #keep(line: string): void {
    this.log.push(line);
    this.#isReady ||= line.includes('"msg":"ready"');
    if (/"level":[56]0\b/.test(line)) this.alarms.push(line);
    if (this.log.length > keptLogLines) this.log.shift();
  }
}
