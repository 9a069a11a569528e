// Questions that go together: what is asked while an answer is under way.
import { expect, test } from "vitest";
import { Coalesced } from "../../src/database/coalesced.ts";

/** Answers each item by its double, when the test lets it. */
function stage(maxItems: number, gatherMs = 0) {
  const asked: number[][] = [];
  const answers: ((error?: Error) => void)[] = [];
  const coalesced = new Coalesced<number, number>(
    async (items) => {
      asked.push([...items]);
      await new Promise<void>((resolve, reject) => {
        answers.push((error) => (error === undefined ? resolve() : reject(error)));
      });
      return items.map((item) => item * 2);
    },
    maxItems,
    gatherMs,
  );
  return { asked, coalesced, answer: (error?: Error) => answers.shift()?.(error) };
}

test("a single question is asked at once; those that come meanwhile go together, each with its answer", async () => {
  const { asked, coalesced, answer } = stage(10);
  const first = coalesced.ask(1);
  const others = Promise.all([coalesced.ask(2), coalesced.ask(3)]);
  expect(asked).toEqual([[1]]);
  answer();
  expect(await first).toBe(2);
  await expect.poll(() => asked).toEqual([[1], [2, 3]]);
  answer();
  expect(await others).toEqual([4, 6]);
});

test("no statement has more items than it may; the rest goes with the next", async () => {
  const { asked, coalesced, answer } = stage(2);
  const all = Promise.all([1, 2, 3, 4].map((item) => coalesced.ask(item)));
  for (let batch = 1; batch <= 3; batch++) {
    await expect.poll(() => asked.length).toBe(batch);
    answer();
  }
  expect(await all).toEqual([2, 4, 6, 8]);
  expect(asked).toEqual([[1], [2, 3], [4]]);
});

test("what fails, fails for those who were in it, and for nobody else", async () => {
  const { asked, coalesced, answer } = stage(10);
  const first = coalesced.ask(1);
  const second = coalesced.ask(2);
  answer(new Error("away"));
  await expect(first).rejects.toThrow("away");
  await expect.poll(() => asked.length).toBe(2);
  answer();
  expect(await second).toBe(4);
});

test("where there is time, the first one waits for others", async () => {
  const { asked, coalesced, answer } = stage(10, 1);
  const both = Promise.all([coalesced.ask(1), coalesced.ask(2)]);
  await expect.poll(() => asked).toEqual([[1, 2]]);
  answer();
  expect(await both).toEqual([2, 4]);
});

test("an answer too few is a bug, and shows as one", async () => {
  const short = new Coalesced<number, number>(async () => [], 10);
  await expect(short.ask(1)).rejects.toThrow("expected 1 answers, got 0");
});
