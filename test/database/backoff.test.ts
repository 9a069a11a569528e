// The pause between two tries.
import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs, pause } from "../../src/database/backoff.ts";

test("the pause doubles from a tenth of a second to three, half of it chance", () => {
  const [shortest, longest] = [() => 0, () => 1];
  const failures = [1, 2, 3, 4, 5, 6, 7, 1_000_000];
  expect(failures.map((n) => backoffMs(n, longest))).toEqual([
    100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000,
  ]);
  expect(failures.map((n) => backoffMs(n, shortest) * 2)).toEqual(
    failures.map((n) => backoffMs(n, longest)),
  );
});

test("it is never nothing and never more than the bound", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), (failures) => {
      const ms = backoffMs(failures);
      expect(ms).toBeGreaterThanOrEqual(50);
      expect(ms).toBeLessThanOrEqual(3_000);
    }),
  );
});

test("a signal ends the pause, before or in it", async () => {
  const startedAtMs = performance.now();
  const stopping = new AbortController();
  const paused = pause(60_000, stopping.signal);
  stopping.abort();
  await paused;
  await pause(60_000, stopping.signal);
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});
