// Numbers that a seed decides.
import { expect, test } from "vitest";
import { noise, pick, seededRandom, shuffled } from "../../../src/cli/simulate/random.ts";

const take = (count: number, random: () => number) => Array.from({ length: count }, random);

test("the same seed and stream give the same numbers, on every machine", () => {
  const numbers = take(3, seededRandom(1, "orbit"));
  expect(take(3, seededRandom(1, "orbit"))).toEqual(numbers);
  expect(numbers).toMatchInlineSnapshot(`
    [
      0.7611441945191473,
      0.926612448412925,
      0.08811636292375624,
    ]
  `);
});

test.each([
  ["another seed", seededRandom(2, "orbit")],
  ["another seed above 32 bits", seededRandom(1 + 2 ** 32, "orbit")],
  ["another stream", seededRandom(1, "clock")],
])("%s gives other numbers", (_, other) => {
  const mine = take(100, seededRandom(1, "orbit"));
  const shared = take(100, other).filter((number) => mine.includes(number));
  expect(shared).toEqual([]);
});

test("numbers are at least 0, below 1, and even", () => {
  const numbers = take(100_000, seededRandom(3, "even"));
  expect(Math.min(...numbers.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    return numbers.filter((number) => Math.floor(number * 10) === tenth).length;
  });
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500); // 5 deviations.
});

test("noise has mean 0 and deviation 1", () => {
  const random = seededRandom(4, "noise");
  const values = take(50_000, () => noise(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
});

test("picking reaches every item, shuffling keeps every item", () => {
  const random = seededRandom(5, "items");
  const picked = new Set(take(100, () => 0).map(() => pick(random, ["a", "b", "c"])));
  expect([...picked].sort()).toEqual(["a", "b", "c"]);
  expect(shuffled(random, [1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
});
