// One answer for all who ask the same at the same time, and none that is older than the last package's end.
import { describe, expect, test } from "vitest";
import { SharedAnswers } from "../../src/api/shared-answers.ts";

const stage = () => {
  let nowMs = 0;
  const answers = new SharedAnswers(() => nowMs);
  const first = async (key = "/files") => {
    const found = await answers.find(key);
    if (typeof found === "string") throw new Error(`there is an answer: ${found}`);
    return found;
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { answers, first, pass };
};

describe("an answer", () => {
  test("that is on its way is waited for by all others", async () => {
    const { answers, first } = stage();
    const flight = await first();
    const others = [answers.find("/files"), answers.find("/files")];
    answers.land(flight, "text");
    expect(await Promise.all(others)).toEqual(["text", "text"]);
  });

  test("is kept for a second, and longer if it was long in coming", async () => {
    const { answers, first, pass } = stage();
    answers.land(await first(), "quick");
    pass(999);
    expect(await answers.find("/files")).toBe("quick");
    pass(1);
    const slow = await first();
    pass(3_000);
    answers.land(slow, "slow");
    pass(5_999);
    expect(await answers.find("/files")).toBe("slow");
    pass(1);
    await first();
  });

  test("that failed is found out by each for itself", async () => {
    const { answers, first } = stage();
    const flight = await first();
    const other = answers.find("/files");
    answers.land(flight, undefined);
    expect(await other).toMatchObject({ key: "/files" });
  });

  test("from before a package's end is given to nobody who asks after it", async () => {
    const { answers, first } = stage();
    const flight = await first();
    answers.forgetAll();
    const later = await first();
    answers.land(flight, "old");
    answers.land(later, "new");
    expect(await answers.find("/files")).toBe("new");
  });

  test("of another question is another one", async () => {
    const { answers, first } = stage();
    answers.land(await first("/files"), "files");
    await first("/tree");
  });
});

test("all of them take bounded memory, the oldest go first", async () => {
  const { answers, first } = stage();
  const text = "x".repeat(2 ** 22);
  for (const key of ["a", "b", "c", "d", "e"]) answers.land(await first(key), text);
  expect(await answers.find("e")).toBe(text);
  await first("a");
});

test("questions count as their answers do", async () => {
  const { answers, first } = stage();
  const long = "x".repeat(2 ** 22);
  for (const key of ["a", "b", "c", "d", "e"]) answers.land(await first(key + long), "");
  expect(await answers.find(`e${long}`)).toBe("");
  await first(`a${long}`);
});
