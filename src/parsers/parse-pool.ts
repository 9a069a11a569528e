// The worker threads that parse chunks. A thread that dies (out of memory) or takes too long rejects its task and is
// replaced; the package of that task starts again from its checkpoint. Chunks that wait here are bounded by those
// who send them: each reader has a few in flight.
import { Piscina } from "piscina";
import { ParseTaskError } from "../errors.ts";
import { ChunkMemory } from "../staging/chunk-memory.ts";
import type { ParseResult, ParseTask } from "./parse-task.ts";

export interface ParsePoolOptions {
  readonly threads: number;
  readonly maxLineBytes: number;
  /** From being sent to being parsed, the wait for a thread included. Default 60 000. */
  readonly taskMs?: number;
  /** How long `close` waits for the tasks in hand before it ends their threads. Default 300. */
  readonly closeMs?: number;
  /** Default parse-worker. Another one shows in tests what happens when a thread fails. */
  readonly workerUrl?: URL;
}

interface Chunk {
  /** Whole lines. Its whole ArrayBuffer is handed over: afterwards it is empty here. In shared memory it stays, untouched. */
  readonly source: Uint8Array;
  /** The name of a known type. */
  readonly satelliteType: string;
}

export interface ParsePool {
  /** Memory that the threads share. */
  readonly memory: ChunkMemory;
  /**
   * Parses a chunk in a thread.
   *
   * @param signal ends the wait, and the thread if it is at work on this chunk.
   * @throws {ParseTaskError} the thread died or took too long. The signal's reason if it was aborted.
   */
  parse(chunk: Chunk, signal?: AbortSignal): Promise<ParseResult>;
  /** Takes nothing new, finishes what is in hand within `closeMs`, ends the threads. May be called twice. */
  close(): Promise<void>;
}

// tsc rewrites import specifiers, but not the string in `new URL`: so the ending is that of this file.
const isTypeScript = import.meta.url.endsWith(".ts");
const ownWorkerUrl = new URL(`./parse-worker${isTypeScript ? ".ts" : ".js"}`, import.meta.url);
/** Node >= 22.18 reads TypeScript by itself. */
const readsTypeScript = "typescript" in process.features && Boolean(process.features.typescript);

/**
 * Piscina asks `require` for the worker's module first. Node.js 20 aborts the whole process when a thread is ended while
 * `require` loads an ES module, as at a stop just after the start; `import()` bears that.
 */
const noRequireOfModules = ["--no-experimental-require-module"].filter((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
);

export function createParsePool(options: ParsePoolOptions): ParsePool {
  const { maxLineBytes, taskMs = 60_000, closeMs = 300 } = options;
  const threads = startThreads(options);
  let closed: Promise<void> | undefined;

  async function parse(chunk: Chunk, signal?: AbortSignal): Promise<ParseResult> {
    signal?.throwIfAborted();
    if (closed !== undefined) throw new ParseTaskError("the parse pool is closed");
    const cut = new AbortController();
    const abort = () => cut.abort();
    const deadline = setTimeout(abort, taskMs);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const transferList = [chunk.source.buffer].filter((one) => one instanceof ArrayBuffer);
      return await threads.run({ ...chunk, maxLineBytes }, { transferList, signal: cut.signal });
    } catch (cause) {
      signal?.throwIfAborted();
      const what = cut.signal.aborted ? `took more than ${taskMs} ms` : "failed";
      throw new ParseTaskError(`parsing a chunk ${what}`, { cause });
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", abort);
    }
  }

  function close(): Promise<void> {
    closed ??= closeWithin(threads, closeMs);
    return closed;
  }
  return { memory: new ChunkMemory(), parse, close };
}

function startThreads({ threads, maxLineBytes, workerUrl = ownWorkerUrl }: ParsePoolOptions) {
  const pool = new Piscina<ParseTask, ParseResult>({
    filename: workerUrl.href,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 30_000,
    resourceLimits: { maxOldGenerationSizeMb: heapMb(maxLineBytes) },
    execArgv: [
      ...noRequireOfModules,
      ...(isTypeScript && !readsTypeScript ? ["--import", "tsx"] : []),
    ],
  });
  // A thread that dies without a task is told here; without a listener it would end the process. It is replaced when
  // the next task comes, and if it cannot be, that task says so.
  pool.on("error", () => {});
  return pool;
}

/** A line of empty objects takes about thirty times its bytes; a chunk of several such lines, as much again. */
function heapMb(maxLineBytes: number): number {
  return 256 + Math.ceil((64 * maxLineBytes) / 2 ** 20);
}

/** Piscina's own `close` waits for tasks that never end, and rejects none of those that wait. */
async function closeWithin(threads: Piscina<ParseTask, ParseResult>, closeMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([threads.close(), late]);
  clearTimeout(timer);
  await threads.destroy();
}
