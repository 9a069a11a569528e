// The throttle: how many transactions write at a time, how many rows since the start, how long the server rests between
// two. By a clock that a test moves.
import { EventEmitter, once } from "node:events";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { Throttle } from "../../src/persister/throttle.ts";
import { freeThrottle } from "../support/free-throttle.ts";
import { ManualClock, reactions } from "../support/manual-clock.ts";
import { until } from "../support/until.ts";

let clock: ManualClock;
let limits: { rowsPerSecond: number; pauseMs: number; share: number };
beforeEach(() => {
  clock = new ManualClock();
  limits = { rowsPerSecond: 0, pauseMs: 0, share: 1 };
});

const throttleOf = (maxTransactions: number) =>
  new Throttle({
    limits: () => limits,
    maxTransactions: { large: maxTransactions, small: maxTransactions },
    clock,
  });

/** Nobody is told to stop. */
const running = () => new AbortController().signal;

let lastFileId = 0;
/** A batch of a package of its own. */
const batch = (rows: number) => ({ fileId: ++lastFileId, rows });

/** Work that begins, and ends when the test says so. */
function gate() {
  const bell = new EventEmitter();
  const opened = once(bell, "open");
  let hasBegun = false;
  return {
    get hasBegun() {
      return hasBegun;
    },
    open: () => bell.emit("open"),
    work: async () => {
      hasBegun = true;
      await opened;
      return "done";
    },
  };
}

test("no more transactions write at a time than are allowed, and each gets its turn", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }),
      async (maxTransactions, turnsOfWork) => {
        const throttle = freeThrottle(maxTransactions);
        let [atOnce, most, done] = [0, 0, 0];
        const work = (turns: number) => async () => {
          most = Math.max(most, ++atOnce);
          for (let turn = 0; turn < turns; turn++) await reactions();
          atOnce--;
          done++;
        };
        await Promise.all(
          turnsOfWork.map((turns) => throttle.run(batch(10), running(), work(turns))),
        );
        expect(most).toBeLessThanOrEqual(maxTransactions);
        expect(most).toBe(Math.min(maxTransactions, turnsOfWork.length));
        expect(done).toBe(turnsOfWork.length);
      },
    ),
    { numRuns: 50 },
  ));

describe("the ceiling", () => {
  /** Batches that ask at these times, in ms; the times at which they began. */
  async function begun(throttle: Throttle, batches: readonly { atMs: number; rows: number }[]) {
    const times: { atMs: number; rows: number }[] = [];
    for (const { atMs, rows } of batches) {
      await clock.advance(Math.max(0, atMs - clock.nowMs()));
      void throttle.run(batch(rows), running(), async () => {
        times.push({ atMs: clock.nowMs(), rows });
      });
      await reactions();
    }
    await clock.advance(3_600_000);
    return times;
  }

  test("over any time since the start no more rows are written than it allows, and not much fewer", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.record({ atMs: fc.nat(20_000), rows: fc.integer({ min: 1, max: 5_000 }) }), {
          minLength: 1,
          maxLength: 20,
        }),
        async (rowsPerSecond, batches) => {
          clock = new ManualClock();
          limits = { rowsPerSecond, pauseMs: 0, share: 1 };
          const inOrder = batches.toSorted((a, b) => a.atMs - b.atMs);
          const times = await begun(throttleOf(2), inOrder);
          const isAfforded =
            inOrder.reduce((sum, { rows }) => sum + rows, 0) / rowsPerSecond < 3_000;
          if (isAfforded) expect(times).toHaveLength(batches.length);
          let rows = 0;
          for (const one of times) {
            rows += one.rows;
            expect(rows).toBeLessThanOrEqual((one.atMs / 1_000) * rowsPerSecond + 1e-6);
          }
        },
      ),
      { numRuns: 200 },
    ));

  test("batches that wait from the beginning are written at its rate", async () => {
    limits = { rowsPerSecond: 2_000, pauseMs: 0, share: 1 };
    const batches = Array.from({ length: 10 }, () => ({ atMs: 0, rows: 100 }));
    const times = await begun(throttleOf(4), batches);
    expect(times.map(({ atMs }) => atMs)).toEqual([
      50, 100, 150, 200, 250, 300, 350, 400, 450, 500,
    ]);
  });

  test("idle time is not saved up", async () => {
    limits = { rowsPerSecond: 10_000, pauseMs: 0, share: 1 };
    const times = await begun(throttleOf(1), [
      { atMs: 0, rows: 10 },
      { atMs: 60_000, rows: 500 }, // After a minute without a row.
    ]);
    expect(times.map(({ atMs }) => atMs)).toEqual([1, 60_050]);
  });

  test("nor is the time in which the server stood still", async () => {
    limits = { rowsPerSecond: 1_000, pauseMs: 0, share: 1 };
    const throttle = throttleOf(1);
    const standing = gate();
    void throttle.run(batch(1), running(), standing.work);
    const begun: number[] = [];
    for (let n = 0; n < 3; n++) {
      void throttle.run(batch(1_000), running(), async () => void begun.push(clock.nowMs()));
    }
    await clock.advance(60_000);
    standing.open();
    await until("the next batch", () => begun.length === 1);
    await clock.advance(2_000);
    expect(begun).toEqual([60_000, 61_000, 62_000]);
  });

  test("a higher one is felt by who waits already", async () => {
    limits = { rowsPerSecond: 100, pauseMs: 0, share: 1 };
    const throttle = throttleOf(1);
    let begunMs: number | undefined;
    void throttle.run(batch(50_000), running(), async () => {
      begunMs = clock.nowMs();
    });
    await clock.advance(100_000); // 10 000 rows are paid for.
    limits = { rowsPerSecond: 20_000, pauseMs: 0, share: 1 };
    throttle.changed();
    await clock.advance(2_000);
    expect(begunMs).toBe(102_000);
  });

  test("a lower one turns away who waits with more than it allows at once, and can come with less", async () => {
    const throttle = throttleOf(1);
    const first = gate();
    void throttle.run(batch(10), running(), first.work);
    const tooLarge = () => "too large";
    const large = throttle.run(batch(4_000), running(), async () => "written", { tooLarge });
    const small = throttle.run(batch(100), running(), async () => clock.nowMs(), {
      tooLarge: () => Number.NaN,
    });
    limits = { rowsPerSecond: 100, pauseMs: 0, share: 1 };
    throttle.changed();
    expect(await large).toBe("too large");
    expect(await throttle.run(batch(101), running(), async () => "", { tooLarge })).toBe(
      "too large",
    );
    first.open();
    await reactions();
    await clock.advance(60_000);
    expect(await small).toBe(1_000);
    expect(throttle.waiting).toBe(0);
  });

  test("without one, and for a batch without rows, nothing is waited for", async () => {
    const throttle = throttleOf(1);
    expect(await throttle.run(batch(1_000_000), running(), async () => 1)).toBe(1);
    limits = { rowsPerSecond: 1, pauseMs: 0, share: 1 };
    expect(await throttle.run(batch(0), running(), async () => 2)).toBe(2);
  });

  test("one second's worth is the most that a batch may have", () => {
    const throttle = throttleOf(1);
    expect(throttle.maxBatchRows).toBe(Infinity);
    limits = { rowsPerSecond: 700, pauseMs: 0, share: 1 };
    expect(throttle.maxBatchRows).toBe(700);
  });
});

describe("the pause", () => {
  test("is kept from the end of a transaction to the beginning of the next, which is alone", async () => {
    limits = { rowsPerSecond: 0, pauseMs: 300, share: 1 };
    const throttle = throttleOf(2);
    const [first, second, third] = [gate(), gate(), gate()];
    for (const { work } of [first, second, third]) void throttle.run(batch(1), running(), work);
    await clock.advance(10_000);
    expect([first.hasBegun, second.hasBegun, third.hasBegun]).toEqual([true, false, false]);
    first.open();
    await reactions();
    await clock.advance(299);
    expect(second.hasBegun).toBe(false);
    await clock.advance(1);
    expect([second.hasBegun, third.hasBegun]).toEqual([true, false]);
  });

  test("is not made up for: who comes after it begins at once", async () => {
    limits = { rowsPerSecond: 0, pauseMs: 300, share: 1 };
    const throttle = throttleOf(2);
    await throttle.run(batch(1), running(), async () => {});
    await clock.advance(300);
    const next = gate();
    void throttle.run(batch(1), running(), next.work);
    await reactions();
    expect(next.hasBegun).toBe(true);
  });

  test("ends when it is switched off", async () => {
    limits = { rowsPerSecond: 0, pauseMs: 60_000, share: 1 };
    const throttle = throttleOf(2);
    await throttle.run(batch(1), running(), async () => {});
    const next = gate();
    void throttle.run(batch(1), running(), next.work);
    await clock.advance(1_000);
    expect(next.hasBegun).toBe(false);
    limits = { rowsPerSecond: 0, pauseMs: 0, share: 1 };
    throttle.changed();
    await reactions();
    expect(next.hasBegun).toBe(true);
  });
});

test.each([
  ["for its turn", 0],
  ["for its rows to be paid", 1],
])(
  "who is told to stop while it waits %s leaves, and the next one gets the turn",
  async (_, rowsPerSecond) => {
    limits = { rowsPerSecond, pauseMs: 0, share: 1 };
    const throttle = throttleOf(1);
    const [first, third] = [gate(), gate()];
    const stopping = new AbortController();
    const held = throttle.run(batch(0), running(), first.work);
    const second = throttle.run(batch(60), stopping.signal, async () => "never");
    if (rowsPerSecond > 0) first.open();
    await reactions();
    const next = throttle.run(batch(rowsPerSecond > 0 ? 60 : 0), running(), third.work);
    stopping.abort(new Error("stop"));
    await expect(second).rejects.toThrow("stop");
    first.open();
    expect(await held).toBe("done");
    await clock.advance(60_000);
    third.open();
    expect(await next).toBe("done");
    expect(throttle.waiting).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  },
);

test("who was told to stop before it came does not begin", async () => {
  let hasBegun = false;
  const work = async () => {
    hasBegun = true;
  };
  const told = AbortSignal.abort(new Error("stop"));
  await expect(freeThrottle().run(batch(1), told, work)).rejects.toThrow("stop");
  expect(hasBegun).toBe(false);
});

test("who is told to stop in the moment in which it comes leaves too", async () => {
  limits = { rowsPerSecond: 1, pauseMs: 0, share: 1 };
  const whenKnown = async () => {};
  const maxTransactions = { large: 1, small: 1 };
  const throttle = new Throttle({ limits: () => limits, whenKnown, maxTransactions, clock });
  const stopping = new AbortController();
  const told = throttle.run(batch(1_000), stopping.signal, async () => "never");
  stopping.abort(new Error("stop"));
  await expect(told).rejects.toThrow("stop");
  expect(throttle.waiting).toBe(0);
});

test("work that has begun is waited for, whatever its signal says", async () => {
  const stopping = new AbortController();
  const held = gate();
  const result = freeThrottle().run(batch(1), stopping.signal, held.work);
  await until("the beginning", () => held.hasBegun);
  stopping.abort();
  await reactions();
  held.open();
  expect(await result).toBe("done");
});

test("work that fails gives its turn back", async () => {
  const throttle = freeThrottle(1);
  const failing = throttle.run(batch(1), running(), () => Promise.reject(new Error("failed")));
  await expect(failing).rejects.toThrow("failed");
  expect(await throttle.run(batch(1), running(), async () => "next")).toBe("next");
});
