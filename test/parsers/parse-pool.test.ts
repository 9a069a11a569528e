// The worker threads: what comes back from them, and what happens when one fails. The threads that fail run a program
// made for the test.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseLines } from "../../src/parsers/parse-lines.ts";
import { createParsePool, type ParsePool } from "../../src/parsers/parse-pool.ts";
import { jackalMk2 } from "../../src/satellites/jackal-mk2.ts";

const line =
  '{"long":-73.25,"alt":300609.75,"ts":"2023-12-26T11:25:39.362414Z","vel":8549.9,"lat":19.2,' +
  '"instrument1":"faulty","instrument3":"ok","instrument4":"漢"}';
const lines = () => new TextEncoder().encode(`${line}\n\nbad\n${line}`);

let pool: ParsePool | undefined;
afterEach(() => pool?.close());

describe("a chunk", () => {
  test("comes back as the columns that parseLines makes, with its bytes, several at once", async () => {
    pool = createParsePool({ threads: 2, maxLineBytes: 1_000 });
    const expected = parseLines(lines(), { satelliteType: jackalMk2, maxLineBytes: 1_000 });
    const chunks = Array.from({ length: 8 }, () => ({
      source: lines(),
      satelliteType: "jackal_mk2",
    }));
    for (const parsed of await Promise.all(chunks.map((chunk) => pool?.parse(chunk)))) {
      expect(parsed).toEqual({ ...expected, source: lines() });
    }
  });

  test("is handed over and given back, not copied", async () => {
    pool = createParsePool({ threads: 1, maxLineBytes: 1_000 });
    const whole = new Uint8Array(1_000);
    whole.set(lines(), 100);
    const source = whole.subarray(100, 100 + lines().length);
    const parsed = await pool.parse({ source, satelliteType: "jackal_mk2" });
    expect(whole.buffer.byteLength).toBe(0);
    expect(parsed.source).toEqual(lines());
    expect(parsed.source.buffer.byteLength).toBe(1_000);
    expect(parsed.columns.status.buffer).toBe(parsed.columns.timestampUs.buffer);
  });

  test("in shared memory stays there, and its columns come to lie behind it", async () => {
    pool = createParsePool({ threads: 1, maxLineBytes: 1_000 });
    const memory = pool.memory.take();
    memory.fill(0xff);
    const bytes = Buffer.concat([lines(), Buffer.from("\n".repeat(200))]); // As much room as they take.
    const source = memory.subarray(3, 3 + bytes.length);
    source.set(bytes);
    const { columns, ...parsed } = await pool.parse({ source, satelliteType: "jackal_mk2" });
    const expected = parseLines(bytes, { satelliteType: jackalMk2, maxLineBytes: 1_000 });
    expect({ columns, ...parsed }).toEqual({ ...expected, source: new Uint8Array(bytes) });
    source[0] = 1;
    expect(parsed.source[0]).toBe(1);
    for (const column of [columns.status, columns.line, columns.instruments]) {
      expect(column.byteOffset).toBeGreaterThanOrEqual(memory.length);
      expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  test("without lines comes back too", async () => {
    pool = createParsePool({ threads: 1, maxLineBytes: 1_000 });
    const parsed = await pool.parse({ source: new Uint8Array(0), satelliteType: "jackal_mk2" });
    expect(parsed).toMatchObject({ physicalLines: 0, columns: { count: 0 } });
  });

  test("of an unknown type is our bug: it rejects, and the next one is parsed", async () => {
    pool = createParsePool({ threads: 1, maxLineBytes: 1_000 });
    const unknown = pool.parse({ source: lines(), satelliteType: "constructor" });
    await expect(unknown).rejects.toMatchObject({ code: "E_PARSE_TASK" });
    const parsed = await pool.parse({ source: lines(), satelliteType: "jackal_mk2" });
    expect(parsed.columns.count).toBe(3);
  });
});

describe("P10 to P12: a thread", () => {
  let folder = "";
  let workerUrl: URL;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "downlink-pool-"));
    const file = join(folder, "failing-worker.mjs");
    await writeFile(file, failingWorker);
    workerUrl = pathToFileURL(file);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** `satelliteType` is what the thread is to do. */
  const failing = ({ threads = 1, taskMs = 10_000, closeMs = 300 } = {}) => {
    pool = createParsePool({ threads, taskMs, closeMs, maxLineBytes: 1, workerUrl });
    return (what: string, signal?: AbortSignal) =>
      createdPool().parse({ source: new Uint8Array(1), satelliteType: what }, signal);
  };
  const createdPool = (): ParsePool => {
    if (pool === undefined) throw new Error("no pool");
    return pool;
  };

  test.each(["exit", "out of memory", "throw", "throw no error", "return a function"])(
    "that does this rejects its task, and the pool goes on: %s",
    async (what) => {
      const run = failing();
      await expect(run(what)).rejects.toMatchObject({ code: "E_PARSE_TASK" });
      expect(await run("answer")).toBe("answer");
    },
  );

  test("that dies takes only its own task with it", async () => {
    const run = failing({ threads: 2 });
    const tasks = ["answer", "exit", "answer", "exit", "answer", "answer"].map((what) => run(what));
    const settled = await Promise.allSettled(tasks);
    const isAnswered = settled.map(({ status }) => status === "fulfilled");
    expect(isAnswered).toEqual([true, false, true, false, true, true]);
  });

  test("that does not come back is ended at the task's deadline", async () => {
    const run = failing({ taskMs: 3_000 });
    await expect(run("spin")).rejects.toThrow("took more than 3000 ms");
    expect(await run("answer")).toBe("answer");
  });

  test("whose task nobody waits for any more is ended, with the signal's reason", async () => {
    const run = failing();
    const stop = new AbortController();
    const spinning = run("spin", stop.signal);
    stop.abort(new Error("stopped"));
    await expect(spinning).rejects.toThrow("stopped");
    await expect(run("answer", stop.signal)).rejects.toThrow("stopped");
    expect(await run("answer")).toBe("answer");
  });

  test("that does not come back does not hold up the end of the pool, nor do tasks that wait", async () => {
    const run = failing({ closeMs: 100 });
    const tasks = Promise.allSettled([run("spin"), run("answer"), run("answer")]);
    const start = performance.now();
    await createdPool().close();
    expect(performance.now() - start).toBeLessThan(5_000);
    expect((await tasks).map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
  });
});

describe("the end of a pool", () => {
  test("finishes what is in hand, takes nothing new, and may be asked for twice", async () => {
    pool = createParsePool({ threads: 1, maxLineBytes: 1_000, closeMs: 20_000 });
    const parsed = pool.parse({ source: lines(), satelliteType: "jackal_mk2" });
    const closed = pool.close();
    expect(pool.close()).toBe(closed);
    await expect(
      pool.parse({ source: lines(), satelliteType: "jackal_mk2" }),
    ).rejects.toMatchObject({ code: "E_PARSE_TASK" });
    expect((await parsed).columns.count).toBe(3);
    await closed;
  });
});

const failingWorker = `
export default function work({ satelliteType }) {
  switch (satelliteType) {
    case "exit": process.exit(3);
    case "spin": for (;;);
    case "throw": throw new TypeError("thrown");
    case "throw no error": throw undefined;
    case "return a function": return () => {};
    case "out of memory": {
      const all = [];
      for (;;) all.push(new Array(1e5).fill(all.length));
    }
    default: return satelliteType;
  }
}
`;
