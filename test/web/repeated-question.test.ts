// When the dashboard asks again for the status.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RepeatedQuestion } from "../../web/src/live/repeated-question.ts";

const pace = { everyMs: 5_000, soonMs: 300 };
let asked: number;
let isIdle: boolean;
let answer: () => void;
let question: RepeatedQuestion;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  isIdle = false;
  const ask = (): Promise<void> => {
    asked++;
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  question = new RepeatedQuestion({ ask, isIdle: () => isIdle }, pace);
  void question.askNow();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How often it is asked within that time, the question under way answered first. */
async function askedAfter(ms: number): Promise<number> {
  const before = asked;
  answer();
  await vi.advanceTimersByTimeAsync(ms);
  return asked - before;
}

test("every few seconds, when nothing happens", async () => {
  expect(await askedAfter(4_999)).toBe(0);
  expect(await askedAfter(1)).toBe(1);
});

test("soon after something has happened, once for a swarm", async () => {
  await askedAfter(1_000);
  for (let n = 0; n < 10; n++) question.askSoon();
  expect(await askedAfter(299)).toBe(0);
  question.askSoon();
  expect(await askedAfter(2)).toBe(1);
});

test("soon again, when something happens while the answer is on its way", async () => {
  question.askSoon();
  expect(await askedAfter(300)).toBe(1);
});

test("soon again, when something happens just after an answer that had been asked for out of turn", async () => {
  await askedAfter(1_000);
  question.askSoon();
  void question.askNow();
  await askedAfter(1);
  question.askSoon();
  expect(await askedAfter(300)).toBe(1);
});

test("one at a time, however long an answer takes", async () => {
  question.askSoon();
  void question.askNow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(1);
});

test("not while nobody looks", async () => {
  isIdle = true;
  question.askSoon();
  expect(await askedAfter(60_000)).toBe(0);
  isIdle = false;
  expect(await askedAfter(5_000)).toBe(1);
});
