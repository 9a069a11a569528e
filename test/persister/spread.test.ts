// How fast rows are prepared where others use the server. By a clock that a test moves.
import { beforeEach, expect, test } from "vitest";
import { Spread } from "../../src/persister/spread.ts";
import { ManualClock, reactions } from "../support/manual-clock.ts";

let clock: ManualClock;
let stopping: AbortController;
let msPerRow: number | undefined;
let spread: Spread;
beforeEach(() => {
  clock = new ManualClock();
  stopping = new AbortController();
  msPerRow = undefined;
  spread = new Spread(clock, () => msPerRow, stopping.signal);
});

/** @returns ms until so many rows may be followed by others */
async function wait(rows: number): Promise<number> {
  const begunAtMs = clock.nowMs();
  let tookMs = Number.NaN;
  void spread.after(rows).then(() => {
    tookMs = clock.nowMs() - begunAtMs;
  });
  await reactions();
  while (Number.isNaN(tookMs)) await clock.advance(0.5);
  return tookMs;
}

/** @returns rows prepared in a second, so many at a time, each of which take `workMs` to prepare */
async function rowsPerSecond(rows: number, workMs: number): Promise<number> {
  const begunAtMs = clock.nowMs();
  let prepared = 0;
  for (; clock.nowMs() - begunAtMs < 1_000; prepared += rows) {
    await clock.advance(workMs);
    await wait(rows);
  }
  return prepared;
}

test("where nothing is to be spread nobody waits", async () => {
  expect(await wait(1_000_000)).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test.each([
  [1_000, 0],
  [1_000, 3],
  [50, 0],
  [50, 0.2],
])("%d rows at a time: they come half as fast again as they are written", async (rows, workMs) => {
  msPerRow = 0.01;
  const perSecond = await rowsPerSecond(rows, workMs);
  expect(perSecond).toBeGreaterThan(140_000);
  expect(perSecond).toBeLessThan(155_000 + rows);
});

test("waits that are not worth a timer add up to one that is", async () => {
  msPerRow = 0.01;
  const waits: number[] = [];
  for (let n = 0; n < 200; n++) waits.push(await wait(50)); // A third of a millisecond each.
  const timers = waits.filter((ms) => ms > 0);
  expect(Math.min(...timers)).toBeGreaterThanOrEqual(2);
  expect(timers.length).toBeLessThan(waits.length / 4);
});

test("a long delay is not made up for by rows that come all at once", async () => {
  msPerRow = 0.01;
  await wait(1_000);
  await clock.advance(60_000);
  let atOnce = 0;
  while ((await wait(100)) === 0) atOnce += 100;
  expect(atOnce).toBeLessThan(5_000); // 20 ms' worth, and not 60 s'.
});

test("a change of mind is felt within half a second", async () => {
  msPerRow = 1_000;
  expect(await wait(1_000)).toBe(500);
});

test("a stop ends the wait", async () => {
  msPerRow = 1;
  clock.after(5, () => stopping.abort());
  expect(await wait(300)).toBe(5);
  expect(await wait(300)).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
