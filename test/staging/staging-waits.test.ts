// A chunk that is handed out in parts, and the answers to all who wait for the store.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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

async function putAll(count: number): Promise<void> {
  for (const chunk of tens(count)) await store.put(chunk, never());
}

describe("a chunk with more lines than a batch", () => {
  test("is handed out in parts, each going on at the next counted line", async () => {
    const chunk = chunkOf(["", ...goodLines(2), "", " ", ...goodLines(3)]);
    await store.put(chunk, never());
    store.end({ kind: "end_of_file", at: { line: 10, offset: 0 } });
    const two = { ...noLimit, maxRows: 2 };
    const batches = [await take(two), await take(two), await take(two)];
    expect(batches.map(({ slices }) => slices)).toEqual([
      [{ chunk, from: 0, to: 2 }],
      [{ chunk, from: 2, to: 4 }],
      [{ chunk, from: 4, to: 5 }],
    ]);
    expect(batches.map(({ next }) => next.line)).toEqual([7, 9, 10]);
    expect(batches[0]?.next.offset).toBe(chunk.offsetOf(2));
    expect(batches.map(({ last }) => last)).toEqual([false, false, true]);
  });

  test("is held as a whole until its last part is settled", async () => {
    await putAll(1);
    const three = { ...noLimit, maxRows: 4 };
    const batches = [await take(three), await take(three)];
    for (const batch of batches) store.settle(batch);
    expect(store.stagedBytes).toBe(chunkBytes);
    store.end({ kind: "end_of_file", at: afterHeader });
    store.settle(await take(three));
    expect(store.stagedBytes).toBe(0);
  });

  test("fills no second batch with what is left of it: more is waited for", async () => {
    const [one = chunkOf([]), two = chunkOf([])] = tens(2);
    const six = { ...noLimit, maxRows: 6 };
    await store.put(one, never());
    await take(six);
    const rest = take(six);
    await reactions();
    await store.put(two, never());
    expect(await rest).toMatchObject({ lines: 6, next: { line: 14 } });
  });

  test("is joined with the next one where that fits in", async () => {
    await putAll(2);
    await take({ ...noLimit, maxRows: 6 });
    const batch = await take({ ...noLimit, maxRows: 9 });
    expect(batch.slices.map(({ from, to }) => [from, to])).toEqual([
      [6, 10],
      [0, 5],
    ]);
    expect(batch.next.line).toBe(17);
  });
});

describe("who waits", () => {
  test("hears how the run begins, before and after it is said", async () => {
    const early = store.opened(never());
    store.open({ kind: "let_go" });
    expect(await early).toEqual({ kind: "let_go" });
    expect(await store.opened(never())).toEqual({ kind: "let_go" });
  });

  test("for a batch hears that the file cannot be read on", async () => {
    await putAll(1);
    const waiting = store.take(noLimit, never());
    store.end({ kind: "unreadable", error: "EIO" });
    expect(await waiting).toEqual({ kind: "unreadable", error: "EIO" });
  });

  test("is answered by a stop, whatever it waits for", async () => {
    open(chunkBytes);
    const take = store.take(noLimit, never());
    const opened = store.opened(never());
    component.stop();
    for (const wait of [take, opened]) {
      await expect(wait).rejects.toMatchObject({ code: "E_ACTOR_STOPPED" });
    }
    await expect(putAll(1)).rejects.toMatchObject({ code: "E_ACTOR_STOPPED" });
  });

  test("for room is answered by a stop too", async () => {
    open(chunkBytes);
    await putAll(1);
    const put = store.put(chunkOf(goodLines(10)), never());
    component.stop();
    await expect(put).rejects.toMatchObject({ code: "E_ACTOR_STOPPED" });
  });

  test("leaves when its signal says so", async () => {
    const stopping = new AbortController();
    const waits = [store.opened(stopping.signal), store.take(noLimit, stopping.signal)];
    stopping.abort(new Error("stop"));
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ name: "AbortError" });
    await expect(store.put(chunkOf([]), stopping.signal)).rejects.toThrow("stop");
  });
});
