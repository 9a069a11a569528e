// How far a load is, from the ledger: committed lines over all packages, and how fast they become more. Its connection
// is named as one of ours, or the adaptive throttle would give way to it as to any other user.
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const pollMs = 20;

export async function committedLines(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ lines: string }>(
    "SELECT coalesce(sum(total_lines), 0) AS lines FROM files",
  );
  return Number(rows[0]?.lines);
}

export async function untilCommitted(client: pg.Client, lines: number): Promise<void> {
  while ((await committedLines(client)) < lines) await delay(pollMs);
}

/** A moment at which more lines were seen than before: at most 20 ms after a commit. */
export interface Commit {
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
  readonly lines: number;
}

/** Looks at the ledger again and again, on a connection of its own. */
export class Progress {
  readonly #client: pg.Client;
  readonly #commits: Commit[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async start(connectionString: string): Promise<Progress> {
    const client = new pg.Client({ connectionString, application_name: "downlink bench" });
    await client.connect();
    const progress = new Progress(client);
    progress.#running = progress.#run();
    return progress;
  }

  get commits(): readonly Commit[] {
    return this.#commits;
  }

  async firstCommit(): Promise<Commit> {
    for (;;) {
      const [first] = this.#commits;
      if (first !== undefined) return first;
      await delay(pollMs);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#client.end();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const lines = await committedLines(this.#client);
      if (lines > (this.#commits.at(-1)?.lines ?? 0)) {
        this.#commits.push({ atMs: performance.now(), lines });
      }
      await delay(pollMs);
    }
  }
}

/** Lines a second from the first to the last commit within that time; NaN if there are not two. */
export function speed(commits: readonly Commit[], fromMs: number, toMs: number): number {
  const within = commits.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const [first] = within;
  const last = within.at(-1);
  if (first === undefined || last === undefined || first === last) return Number.NaN;
  return (last.lines - first.lines) / ((last.atMs - first.atMs) / 1_000);
}

/** When, after `fromMs`, commits began to come at that speed for at least `overMs`. @returns undefined if they never did */
export function whenFast(
  commits: readonly Commit[],
  fromMs: number,
  linesPerSecond: number,
  overMs: number,
): number | undefined {
  for (const { atMs } of commits) {
    if (atMs < fromMs) continue;
    const end = commits.find((other) => other.atMs >= atMs + overMs);
    if (end === undefined) return undefined;
    if (speed(commits, atMs, end.atMs) >= linesPerSecond) return atMs;
  }
  return undefined;
}
