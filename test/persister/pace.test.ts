// Rests within a transaction and after it: as long as the share says, by what a row takes where nobody rests. By a clock
// that a test moves.
import { beforeEach, describe, expect, test } from "vitest";
import { type Pacing, Throttle } from "../../src/persister/throttle.ts";
import { ManualClock, reactions } from "../support/manual-clock.ts";

let clock: ManualClock;
let share: number;
let throttle: Throttle;
beforeEach(() => {
  clock = new ManualClock();
  share = 1;
  const limits = () => ({ rowsPerSecond: 0, pauseMs: 0, share });
  throttle = new Throttle({ limits, maxTransactions: { large: 2, small: 4 }, clock });
});

const pieces = 10;
const rows = 10_000;

/** A transaction of ten pieces, each of which the server takes 10 ms for. @returns ms from its beginning to its end */
async function write({ signal = new AbortController().signal, workMs = 10 } = {}): Promise<number> {
  let took = Number.NaN;
  const written = throttle.run({ fileId: 1, rows }, signal, async (pacing) => {
    const begunAtMs = clock.nowMs();
    for (let piece = 0; piece < pieces; piece++) {
      await new Promise<void>((resolve) => void clock.after(workMs, resolve));
      await pacing.rest(rows / pieces);
    }
    took = clock.nowMs() - begunAtMs;
  });
  while (Number.isNaN(took)) await clock.advance(1);
  await written;
  return took;
}

/** What a row takes is known for sure. */
async function learn(): Promise<void> {
  for (let n = 0; n < 3; n++) await write();
}

test("at full speed there is no rest, and what a row takes is learned", async () => {
  expect(await write()).toBe(100);
  expect(throttle.takeSlowness()).toBe(1);
  expect(throttle.inForce).toEqual({ rowsPerSecond: null, pauseMs: 0 });
  share = 0.5;
  expect(throttle.inForce).toEqual({ rowsPerSecond: 50_000, pauseMs: 0 });
});

test.each([0.8, 0.5, 0.35, 0.2])("a share of %d is kept within a transaction", async (wanted) => {
  await learn();
  share = wanted;
  const took = await write();
  expect(100 / took).toBeGreaterThan(wanted * 0.95);
  expect(100 / took).toBeLessThan(wanted * 1.1);
});

test("the commit keeps its size: nothing is cut, however small the share", () => {
  share = 0.35;
  expect(throttle.maxBatchRows).toBe(Number.POSITIVE_INFINITY);
});

test("before it is known what a row takes, the rest comes after the transaction", async () => {
  share = 0.5;
  expect(await write()).toBe(100);
  const endedAtMs = clock.nowMs();
  await write();
  expect(clock.nowMs() - endedAtMs).toBe(100 + 100);
});

test("no single slow transaction, as of a cold start, says how long all others rest", async () => {
  share = 0.5;
  expect(await write({ workMs: 100 })).toBe(1_000);
  expect([await write(), await write()]).toEqual([100, 100]); // Looked at again, with the rest after each.
  expect(await write()).toBeCloseTo(200, -1);
});

test("where there is always rest, what a row takes is learned anew once in a while", async () => {
  for (let n = 0; n < 3; n++) await write({ workMs: 40 });
  share = 0.5;
  const took: number[] = [];
  for (let n = 0; n < 62; n++) took.push(await write());
  expect(took.slice(0, 60).every((ms) => ms > 700)).toBe(true);
  expect(took[60]).toBe(100);
  expect(took[61]).toBeCloseTo(200, -1);
});

test("a server slower than it was gets its rest after the transaction", async () => {
  await learn();
  share = 0.5;
  const took = await write({ workMs: 40 }); // More than a piece and its rest used to take.
  expect(took).toBe(410); // The shortest rest behind each piece.
  const endedAtMs = clock.nowMs();
  let begunAtMs = Number.NaN;
  void throttle.run({ fileId: 2, rows: 1 }, new AbortController().signal, async () => {
    begunAtMs = clock.nowMs();
  });
  await clock.advance(1_000);
  expect(begunAtMs - endedAtMs).toBe(390);
});

test("one transaction of each kind writes at a time while there is to be rest", async () => {
  share = 0.5;
  let [atOnce, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) => void clock.after(10, resolve));
    atOnce--;
  };
  const signal = new AbortController().signal;
  for (let fileId = 0; fileId < 5; fileId++) void throttle.run({ fileId, rows: 1 }, signal, work);
  await clock.advance(1_000);
  expect(most).toBe(1);
});

describe("small transactions beside a large one", () => {
  const signal = new AbortController().signal;

  test("do not wait for its end, and it leaves them half of the time", async () => {
    await learn();
    const large = write();
    const begunAtMs = clock.nowMs();
    const done: number[] = [];
    for (let fileId = 2; fileId < 12; fileId++) {
      await reactions();
      await throttle.run({ fileId, rows: 10 }, signal, async () => void done.push(clock.nowMs()));
    }
    const took = await large;
    expect(done).toHaveLength(10);
    expect(Math.max(...done) - begunAtMs).toBeLessThan(100);
    expect(took).toBeGreaterThan(140);
  });

  test("that have gone are not waited for", async () => {
    await learn();
    await throttle.run({ fileId: 2, rows: 10 }, signal, async () => {});
    await clock.advance(200);
    expect(await write()).toBe(100);
  });
});

describe("a rest ends early", () => {
  test("when the share grows", async () => {
    await learn();
    share = 0.1;
    clock.after(300, () => {
      share = 1;
    });
    expect(await write()).toBeLessThan(600); // And not 1000.
  });

  test("when it is told to stop, and the batch in hand is written", async () => {
    await learn();
    await clock.advance(1_000);
    share = 0.1;
    const stopping = new AbortController();
    clock.after(15, () => stopping.abort());
    expect(await write({ signal: stopping.signal })).toBeLessThan(120);
    expect(clock.pendingTimers).toBe(0);
  });
});

test("how slow a transaction was by the best is asked for once, and the best is forgotten by and by", async () => {
  await write();
  throttle.takeSlowness();
  await write({ workMs: 20 });
  expect(throttle.takeSlowness()).toBe(2);
  expect(throttle.takeSlowness()).toBeUndefined();
  for (let n = 0; n < 60; n++) await write({ workMs: 20 });
  expect(throttle.takeSlowness()).toBeLessThan(1.1);
});

test("an attempt that wrote nothing says nothing of what a row takes", async () => {
  await write();
  throttle.takeSlowness();
  const signal = new AbortController().signal;
  const hasWritten = () => false;
  await throttle.run({ fileId: 1, rows }, signal, async () => {}, { hasWritten });
  expect(throttle.takeSlowness()).toBeUndefined();
  share = 0.5;
  expect(throttle.inForce.rowsPerSecond).toBe(50_000);
});

test("a transaction that was cut off is told once", () => {
  throttle.cutOff();
  expect([throttle.takeCutOff(), throttle.takeCutOff()]).toEqual([true, false]);
});

test("rows are sent in small pieces where there is to be rest, and at once where there is none", async () => {
  const pieceRows = () =>
    throttle.run(
      { fileId: 1, rows: 1 },
      new AbortController().signal,
      async (pacing) => pacing.pieceRows,
    );
  await learn(); // 0.01 ms a row.
  expect(await pieceRows()).toBe(Number.POSITIVE_INFINITY);
  share = 0.5;
  const small = pieceRows();
  await clock.advance(1_000);
  expect(await small).toBe(63); // Half of the time from one piece to the next.
});

test("behind each piece of a transaction that is late there is a rest, behind a few rows there is none", async () => {
  await learn();
  await clock.advance(1_000);
  share = 0.5;
  const rests = await throttle.run({ fileId: 1, rows }, new AbortController().signal, (pacing) =>
    restsBehind([63, 63, 10, 10, 10, 10], pacing),
  );
  expect(rests).toEqual([1, 1, 0, 0, 0, 1]);
});

/** How long each of them is, where each piece took 10 ms longer than it should. */
async function restsBehind(pieces: readonly number[], pacing: Pacing): Promise<number[]> {
  const rests: number[] = [];
  for (const rowsOfPiece of pieces) {
    await clock.advance(10);
    const begunAtMs = clock.nowMs();
    let isOver = false;
    void pacing.rest(rowsOfPiece).then(() => {
      isOver = true;
    });
    await reactions();
    while (!isOver) await clock.advance(1);
    rests.push(clock.nowMs() - begunAtMs);
  }
  return rests;
}
