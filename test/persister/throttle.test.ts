// The throttle: how many transactions write at a time, and how many rows since the start. In real time where the
// ceiling is meant, in milliseconds.
import { EventEmitter, once } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Throttle } from "../../src/persister/throttle.ts";
import { reactions } from "../support/manual-clock.ts";
import { until } from "../support/until.ts";

/** Nobody is told to stop. */
const running = () => new AbortController().signal;

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
        const throttle = new Throttle({ maxRowsPerSecond: 0, maxTransactions });
        let [atOnce, most, done] = [0, 0, 0];
        const work = (turns: number) => async () => {
          most = Math.max(most, ++atOnce);
          for (let turn = 0; turn < turns; turn++) await reactions();
          atOnce--;
          done++;
        };
        await Promise.all(turnsOfWork.map((turns) => throttle.run(10, running(), work(turns))));
        expect(most).toBeLessThanOrEqual(maxTransactions);
        expect(most).toBe(Math.min(maxTransactions, turnsOfWork.length));
        expect(done).toBe(turnsOfWork.length);
      },
    ),
    { numRuns: 50 },
  ));

test("over any time since the start no more rows are written than the ceiling allows", async () => {
  const maxRowsPerSecond = 2_000;
  const throttle = new Throttle({ maxRowsPerSecond, maxTransactions: 4 });
  const startedAtMs = performance.now();
  const begun: number[] = [];
  const batches = Array.from({ length: 10 }, () =>
    throttle.run(100, running(), async () => {
      begun.push(performance.now() - startedAtMs);
    }),
  );
  await Promise.all(batches);
  begun.forEach((atMs, before) => {
    const rows = (before + 1) * 100; // With this batch.
    expect(rows).toBeLessThanOrEqual((atMs / 1_000) * maxRowsPerSecond);
  });
  expect(begun).toHaveLength(10);
  expect(begun.at(-1)).toBeLessThan(1_500); // Nor much fewer.
});

test("idle time is not saved up", async () => {
  let idleMs = 0;
  const nowMs = () => performance.now() + idleMs;
  const throttle = new Throttle({ maxRowsPerSecond: 10_000, maxTransactions: 1, nowMs });
  const work = async () => {};
  await throttle.run(10, running(), work);
  idleMs = 60_000; // A minute without a row.
  const startedAtMs = performance.now();
  await throttle.run(500, running(), work);
  expect(performance.now() - startedAtMs).toBeGreaterThan(49);
});

test("without a ceiling, and for a batch without rows, nothing is waited for", async () => {
  const free = new Throttle({ maxRowsPerSecond: 0, maxTransactions: 1 });
  const slow = new Throttle({ maxRowsPerSecond: 1, maxTransactions: 1 });
  const startedAtMs = performance.now();
  expect(await free.run(1_000_000, running(), async () => 1)).toBe(1);
  expect(await slow.run(0, running(), async () => 2)).toBe(2);
  expect(performance.now() - startedAtMs).toBeLessThan(500);
});

test("one second's worth is the most that a batch may have", () => {
  const options = { maxTransactions: 1 };
  expect(new Throttle({ ...options, maxRowsPerSecond: 700 }).maxBatchRows).toBe(700);
  expect(new Throttle({ ...options, maxRowsPerSecond: 0 }).maxBatchRows).toBe(Infinity);
});

test.each([
  ["for its turn", 0],
  ["for its rows to be paid", 1],
])(
  "who is told to stop while it waits %s leaves, and the next one gets the turn",
  async (_, ceiling) => {
    const throttle = new Throttle({ maxRowsPerSecond: ceiling, maxTransactions: 1 });
    const [first, third] = [gate(), gate()];
    const stopping = new AbortController();
    const held = throttle.run(0, running(), first.work);
    const second = throttle.run(60, stopping.signal, async () => "never");
    const next = throttle.run(0, running(), third.work);
    if (ceiling > 0) first.open();
    await reactions();
    stopping.abort(new Error("stop"));
    await expect(second).rejects.toMatchObject({ name: expect.stringMatching(/Error/) });
    first.open();
    expect(await held).toBe("done");
    third.open();
    expect(await next).toBe("done");
    expect(throttle.waiting).toBe(0);
  },
);

test("who was told to stop before it came does not begin", async () => {
  const throttle = new Throttle({ maxRowsPerSecond: 0, maxTransactions: 1 });
  let hasBegun = false;
  const work = async () => {
    hasBegun = true;
  };
  await expect(throttle.run(1, AbortSignal.abort(new Error("stop")), work)).rejects.toThrow("stop");
  expect(hasBegun).toBe(false);
});

test("work that has begun is waited for, whatever its signal says", async () => {
  const throttle = new Throttle({ maxRowsPerSecond: 0, maxTransactions: 1 });
  const stopping = new AbortController();
  const held = gate();
  const result = throttle.run(1, stopping.signal, held.work);
  await until("the beginning", () => held.hasBegun);
  stopping.abort();
  await reactions();
  held.open();
  expect(await result).toBe("done");
});

test("work that fails gives its turn back", async () => {
  const throttle = new Throttle({ maxRowsPerSecond: 0, maxTransactions: 1 });
  const failing = throttle.run(1, running(), () => Promise.reject(new Error("failed")));
  await expect(failing).rejects.toThrow("failed");
  expect(await throttle.run(1, running(), async () => "next")).toBe("next");
});
