// Onlookers share a budget of the database's time while packages are loaded, and wait instead of failing.
import { describe, expect, test } from "vitest";
import { ReadGate } from "../../src/api/read-gate.ts";

/** A question that takes `ms` of the clock and none of ours. */
const stage = (isLoading: boolean) => {
  let nowMs = 0;
  const gate = new ReadGate({ isLoading: () => isLoading, share: 0.1, nowMs: () => nowMs });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { pass, ask: (ms: number) => gate.run(async () => pass(ms)) };
};

/** Whether it is done without any time passing. */
async function isAtOnce(asked: Promise<unknown>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 0));
  return Promise.race([asked.then(() => true), later]);
}

describe("while packages are loaded", () => {
  test("a little that was saved up is used at once, and then one waits for more", async () => {
    const { ask, pass } = stage(true);
    pass(100_000); // However long nobody asked.
    for (let n = 0; n < 4; n++) expect(await isAtOnce(ask(30))).toBe(true);
    const crowd = Array.from({ length: 10 }, () => ask(10));
    for (const waiting of crowd) expect(await isAtOnce(waiting)).toBe(false);
    pass(10_000);
    await Promise.all(crowd);
  });

  test("a few wait less than a second, however much was asked before", async () => {
    const { ask, pass } = stage(true);
    await ask(15_000);
    const waiting = ask(10);
    expect(await isAtOnce(waiting)).toBe(false);
    pass(800);
    await waiting;
  });
});

test("without loading nobody waits", async () => {
  const { ask } = stage(false);
  for (let n = 0; n < 100; n++) expect(await isAtOnce(ask(1_000))).toBe(true);
});

test("a question that fails is told to its asker, and the next one is asked", async () => {
  const gate = new ReadGate({ isLoading: () => true });
  await expect(gate.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await gate.run(async () => 7)).toBe(7);
});

test("the crowd that waits is bounded", async () => {
  const gate = new ReadGate({ isLoading: () => false });
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const asked = Array.from({ length: 1_003 }, () => gate.run(() => held));
  await expect(gate.run(() => held)).rejects.toMatchObject({ problem: "too_many_requests" });
  letGo();
  await Promise.all(asked);
});
