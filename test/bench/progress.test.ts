import { describe, expect, test } from "vitest";
import { type Commit, speed, whenFast } from "../../bench/stage/progress.ts";

/** Commits of 50 000 lines each, at these times. */
const at = (...timesMs: number[]): Commit[] =>
  timesMs.map((atMs, index) => ({ atMs, lines: (index + 1) * 50_000 }));

describe("the speed of a load goes from commit to commit", () => {
  test("so the wait before the first and behind the last does not count", () => {
    expect(speed(at(1_000, 1_250, 1_500), 0, 9_000)).toBe(200_000);
  });

  test("and is not known of a single one", () => {
    expect(speed(at(1_000), 0, 9_000)).toBeNaN();
    expect(speed([], 0, 9_000)).toBeNaN();
  });
});

describe("a load is fast again", () => {
  const slowThenFast = at(0, 1_000, 2_000, 3_000, 3_250, 3_500, 3_750, 4_000, 4_250);

  test("at the commit from which on it was fast for the whole time", () => {
    expect(whenFast(slowThenFast, 0, 200_000, 1_000)).toBe(3_000);
  });

  test("not before the moment that is asked about", () => {
    expect(whenFast(slowThenFast, 3_100, 200_000, 1_000)).toBe(3_250);
  });

  test("never, if it was not fast for long enough", () => {
    expect(whenFast(slowThenFast, 0, 200_000, 2_000)).toBeUndefined();
    expect(whenFast(slowThenFast, 0, 300_000, 1_000)).toBeUndefined();
  });
});
