// The store between reader and persister: what fills a batch, who waits for whom, and that nobody waits for ever.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StagedChunk } from "../../src/staging/staged-chunk.ts";
import { type StagedBatch, StagingStore } from "../../src/staging/staging-store.ts";
import type { Component } from "../../src/supervisor/component.ts";
import { reactions } from "../support/manual-clock.ts";
import { afterHeader, chunkOf, chunksOf, goodLines } from "../support/package-fixture.ts";

const never = () => new AbortController().signal;
const noLimit = { maxRows: 1_000_000, maxBytes: 1_000_000_000 };

/** Chunks of ten lines, all of one size. */
const tens = (count: number) => chunksOf(Array.from({ length: count }, () => goodLines(10)));
const chunkBytes = chunkOf(goodLines(10)).stagedBytes;

let store: StagingStore;
let component: Component;
function open(capacityBytes: number): void {
  store = new StagingStore(capacityBytes);
  component = store.start();
}
beforeEach(() => open(1_000_000_000));
afterEach(async () => {
  component.stop();
  expect(await component.exited).toMatchObject({ kind: "shutdown" });
});

async function take(limits = noLimit): Promise<StagedBatch> {
  const taken = await store.take(limits, never());
  if (taken.kind !== "batch") throw new Error(taken.error);
  return taken;
}

/** A promise of which one may ask whether it is settled. */
function watched<Value>(promise: Promise<Value>) {
  const state = { settled: false, promise };
  promise.then(
    () => (state.settled = true),
    () => (state.settled = true),
  );
  return state;
}

async function putAll(count: number): Promise<void> {
  for (const chunk of tens(count)) await store.put(chunk, never());
}

describe("the bound in bytes", () => {
  test("makes the reader wait until a batch is settled, not only taken", async () => {
    open(2 * chunkBytes);
    await putAll(2);
    const [chunk = chunkOf([])] = tens(1);
    const third = watched(store.put(chunk, never()));
    await reactions();
    expect(third.settled).toBe(false);
    const batch = await take({ ...noLimit, maxRows: 10 });
    await reactions();
    expect(third.settled).toBe(false);
    store.settle(batch);
    await third.promise;
    expect(store.stagedBytes).toBe(2 * chunkBytes);
  });

  test("lets a chunk through alone that is larger than all of it", async () => {
    open(10);
    await putAll(1);
    expect(store.stagedBytes).toBe(chunkBytes);
    const second = watched(store.put(chunkOf(goodLines(10)), never()));
    store.settle(await take({ ...noLimit, maxRows: 10 }));
    await second.promise;
  });

  test("never stops a reader that waits for a persister that waits for more", async () => {
    open(2 * chunkBytes);
    const reader = putAll(20).then(() => store.end({ kind: "end_of_file", at: afterHeader }));
    let lines = 0;
    for (let last = false; !last; ) {
      const batch = await take(); // Never full by its limits.
      lines += batch.lines;
      ({ last } = batch);
      store.settle(batch);
    }
    await reader;
    expect(lines).toBe(200);
    expect(store.stagedBytes).toBe(0);
  });

  test("is free again for who comes next when one who waited was told to stop", async () => {
    open(chunkBytes);
    await putAll(1);
    const stopping = new AbortController();
    const blocked = store.put(chunkOf(goodLines(10)), stopping.signal);
    stopping.abort(new Error("stop"));
    await expect(blocked).rejects.toThrow();
    const waiting = watched(store.take({ ...noLimit, maxRows: 11 }, never()));
    await reactions();
    expect(waiting.settled).toBe(false); // Nobody is blocked any more: the batch may still fill.
    store.end({ kind: "end_of_file", at: afterHeader });
    expect(await waiting.promise).toMatchObject({ lines: 10, last: true });
  });
});

test("a chunk's memory is given back once, with the batch that has its last line", async () => {
  open(10 * chunkBytes);
  const { source, columns, place } = chunkOf(goodLines(10));
  let released = 0;
  await store.put(new StagedChunk(source, columns, place, () => released++), never());
  const first = await take({ ...noLimit, maxRows: 6 });
  store.end({ kind: "end_of_file", at: { line: 12, offset: 1 } });
  const second = await take(noLimit);
  store.settle(first);
  expect(released).toBe(0);
  store.settle(second);
  expect(released).toBe(1);
});

describe("a batch", () => {
  test("is waited for by who has just made room for the rest of it", async () => {
    open(3 * chunkBytes);
    const reader = putAll(5);
    const twenty = { ...noLimit, maxRows: 20 };
    for (const line of [22, 42]) {
      const batch = await take(twenty);
      expect(batch).toMatchObject({ lines: 20, next: { line } });
      store.settle(batch); // The next chunk was blocked, and comes in a moment.
    }
    await reader;
  });

  test.each([
    ["rows", { ...noLimit, maxRows: 20 }],
    ["bytes", { ...noLimit, maxBytes: 2 * chunkBytes }],
  ])("is full by its %s, and waited for until it is", async (_, limits) => {
    const batch = watched(store.take(limits, never()));
    const [one = chunkOf([]), two = chunkOf([]), three = chunkOf([])] = tens(3);
    await store.put(one, never());
    await reactions();
    expect(batch.settled).toBe(false);
    await store.put(two, never());
    await store.put(three, never());
    expect(await batch.promise).toMatchObject({ lines: 20, last: false, next: { line: 22 } });
  });

  test("is what there is when the file has ended", async () => {
    await putAll(2);
    store.end({ kind: "end_of_file", at: { line: 22, offset: 99 } });
    expect(await take()).toMatchObject({ lines: 20, last: true });
  });

  test("with nothing in it ends a file of a header alone, at its end", async () => {
    const at = { line: 2, offset: 32 };
    store.end({ kind: "end_of_file", at });
    expect(await take()).toEqual({ kind: "batch", slices: [], lines: 0, next: at, last: true });
  });

  test("with nothing in it ends a file whose last lines were taken before", async () => {
    await putAll(1);
    const first = await take({ ...noLimit, maxRows: 10 });
    expect(first.last).toBe(false);
    store.end({ kind: "end_of_file", at: first.next });
    expect(await take()).toMatchObject({ lines: 0, next: first.next, last: true });
  });

  test("of more bytes than allowed is a single chunk", async () => {
    await putAll(3);
    const batch = await take({ ...noLimit, maxBytes: 1 });
    expect(batch).toMatchObject({ lines: 10, next: { line: 12 } });
  });

  test("of blank lines alone has no line and goes on behind them", async () => {
    await store.put(chunkOf(["", " ", ""]), never());
    store.end({ kind: "end_of_file", at: { line: 5, offset: 36 } });
    const next = { line: 5, offset: 36 };
    expect(await take({ ...noLimit, maxRows: 1 })).toMatchObject({ lines: 0, next, last: true });
  });
});
