// People and programs that look at the daemon over HTTP, many at a time.
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** Each reader asks so often. */
const everyMs = 1_000;

export class ApiReaders {
  readonly #questions: readonly URL[];
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #answered = 0;
  #failed = 0;

  private constructor(questions: readonly URL[]) {
    this.#questions = questions;
    setMaxListeners(0, this.#stopping.signal); // One for each reader.
  }

  /** Returns when each of them has asked once. @param baseUrl of a daemon that knows at least one package */
  static async start(baseUrl: string, count: number): Promise<ApiReaders> {
    const api = new URL("/api/v1/", baseUrl);
    const newest = await fetch(new URL("files?limit=1", api));
    const { files }: { files: readonly { id: number }[] } = JSON.parse(await newest.text());
    const [file] = files;
    if (file === undefined) throw new Error("there is no package to ask about");
    const about = [
      "status",
      "files",
      "files?status=complete&limit=20",
      "tree",
      "satellites",
      "settings",
    ];
    const ofFile = [`files/${file.id}`, `files/${file.id}/telemetry?buckets=200`];
    const readers = new ApiReaders([...about, ...ofFile].map((path) => new URL(path, api)));
    const first = Array.from({ length: count }, (_, reader) => readers.#ask(reader));
    await Promise.all(first);
    readers.#running = Promise.all(first.map((_, reader) => readers.#askOn(reader + 1)));
    return readers;
  }

  async stop(): Promise<{ answered: number; failed: number }> {
    this.#stopping.abort();
    await this.#running;
    return { answered: this.#answered, failed: this.#failed };
  }

  async #askOn(from: number): Promise<void> {
    const { signal } = this.#stopping;
    for (let turn = from; !signal.aborted; turn++) {
      const askedAtMs = performance.now();
      await this.#ask(turn);
      const leftMs = everyMs - (performance.now() - askedAtMs);
      if (leftMs > 0) await delay(leftMs, undefined, { signal }).catch(() => {});
    }
  }

  async #ask(turn: number): Promise<void> {
    const question = this.#questions[turn % this.#questions.length];
    if (question === undefined) return;
    try {
      const answer = await fetch(question);
      await answer.arrayBuffer();
      if (answer.ok) this.#answered++;
      else this.#failed++;
    } catch {
      this.#failed++;
    }
  }
}
