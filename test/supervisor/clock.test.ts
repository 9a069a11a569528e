// The system's clock: the only test of supervision that waits in real time, for a millisecond.
import { expect, test } from "vitest";
import { longestDelayMs, systemClock } from "../../src/supervisor/clock.ts";

test("a timer goes off once, and not before its time", async () => {
  const beginMs = systemClock.nowMs();
  await new Promise<void>((resolve) => {
    systemClock.after(2, resolve);
  });
  expect(systemClock.nowMs() - beginMs).toBeGreaterThan(1);
});

test("a timer that is taken back does not go off", async () => {
  let wentOff = false;
  const cancel = systemClock.after(0, () => {
    wentOff = true;
  });
  cancel();
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(2, resolve);
  });
  expect(wentOff).toBe(false);
});

test.each([-1, Number.NaN, longestDelayMs + 1])("a delay of %s ms is refused", (ms) => {
  expect(() => systemClock.after(ms, () => {})).toThrow(RangeError);
});
