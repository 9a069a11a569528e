// The way of chunks to the staging store: in file order, by threads or on the main thread, with their memory given back
// when the last of their lines is committed.
import { afterEach, beforeEach, expect, test } from "vitest";
import { noFaults } from "../../src/observability/fault-points.ts";
import { ChunkCutter } from "../../src/parsers/chunk-cutter.ts";
import { ChunkPipeline } from "../../src/parsers/chunk-pipeline.ts";
import { createParsePool, type ParsePool } from "../../src/parsers/parse-pool.ts";
import { Throttle } from "../../src/persister/throttle.ts";
import { ChunkMemory } from "../../src/staging/chunk-memory.ts";
import {
  type StagedBatch,
  StagingStore,
  stagingCapacityBytes,
} from "../../src/staging/staging-store.ts";
import { afterHeader, badLine, goodLine } from "../support/package-fixture.ts";

/** Memory of which is known what is given out. */
class CountedMemory extends ChunkMemory {
  readonly lent = new Set<ArrayBufferLike>();
  gifts = 0;

  override take(): Uint8Array {
    const bytes = super.take();
    this.lent.add(bytes.buffer);
    return bytes;
  }

  override give(bytes: Uint8Array): void {
    this.gifts++;
    expect(this.lent.delete(bytes.buffer)).toBe(true);
    super.give(bytes);
  }
}

const maxLineBytes = 100_000;
const signal = new AbortController().signal;

let threads: ParsePool;
let memory: CountedMemory;
let parsedByThreads: number;
let share: number;
beforeEach(() => {
  threads = createParsePool({ threads: 1, maxLineBytes });
  memory = new CountedMemory();
  parsedByThreads = 0;
  share = 1;
});
afterEach(() => threads.close());

/** All lines behind a header, staged as a reader does it. */
async function stage(lines: readonly string[]): Promise<StagedBatch> {
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  const staging = new StagingStore(stagingCapacityBytes);
  const limits = () => ({ rowsPerSecond: 0, pauseMs: 0, share });
  const pipeline = new ChunkPipeline(
    staging,
    {
      parsePool: {
        memory,
        parse: (chunk) => {
          parsedByThreads++;
          return threads.parse(chunk);
        },
        close: async () => {},
      },
      faults: noFaults,
      satelliteType: "jackal_mk1",
      maxLineBytes,
      parseThreads: 1,
      throttle: new Throttle({ limits, maxTransactions: { large: 2, small: 4 } }),
      from: afterHeader,
    },
    signal,
  );
  const cutter = new ChunkCutter({ offset: afterHeader.offset, maxLineBytes, memory });
  for (let at = 0; at < bytes.length; ) {
    const space = cutter.space();
    const piece = bytes.subarray(at, at + space.length);
    space.set(piece);
    at += piece.length;
    for (const cut of cutter.filled(piece.length)) await pipeline.push(cut);
  }
  for (const cut of cutter.end()) await pipeline.push(cut);
  staging.end({ kind: "end_of_file", at: await pipeline.finish() });
  const batch = await staging.take({ maxRows: 1_000_000, maxBytes: 2 ** 30 }, signal);
  if (batch.kind !== "batch") throw new Error("no batch");
  expect(batch.next).toEqual({
    line: afterHeader.line + lines.length,
    offset: afterHeader.offset + bytes.length,
  });
  checkLines(batch, lines);
  const gifts = memory.gifts;
  expect(memory.lent.size).toBeGreaterThan(0);
  staging.settle(batch);
  expect(memory.gifts).toBeGreaterThan(gifts);
  expect([...memory.lent]).toEqual([]);
  return batch;
}

/** Each line has the number, the place and the velocity that it has in the file. */
function checkLines({ slices }: StagedBatch, lines: readonly string[]): void {
  let offset = afterHeader.offset;
  const expected = lines.map((line, at) => {
    const begin = offset;
    offset += line.length + 1;
    return [afterHeader.line + at, begin, line === badLine ? "invalid_json" : at];
  });
  const staged = slices.flatMap(({ chunk, from, to }) =>
    Array.from({ length: to - from }, (_, at) => [
      chunk.lineOf(from + at),
      chunk.offsetOf(from + at),
      chunk.reasonOf(from + at) ?? chunk.columns.velocity[from + at],
    ]),
  );
  expect(staged).toEqual(expected);
}

const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, velocity) =>
    velocity % 100 === 7 ? badLine : goodLine({ velocity }),
  );

test("large chunks are parsed by threads", async () => {
  const { slices } = await stage(lines(5_000));
  expect(parsedByThreads).toBe(slices.length);
});

test("beside others a chunk is parsed on the main thread, in small parts", async () => {
  share = 0.4;
  const { slices } = await stage(lines(5_000));
  expect(parsedByThreads).toBe(0);
  for (const { chunk } of slices) expect(chunk.source.length).toBeLessThanOrEqual(32 * 1024);
});

test("beside others too, a chunk with a line that takes longer goes to a thread", async () => {
  share = 0.4;
  const all = lines(4_000);
  all[1_000] = goodLine({ velocity: 1_000, note: "x".repeat(40_000) });
  await stage(all);
  expect(parsedByThreads).toBe(1);
});
