// So many at a time, and room for small packages beside large ones.
import { beforeEach, expect, test } from "vitest";
import { Lanes } from "../../src/watcher/lanes.ts";
import { reactions } from "../support/manual-clock.ts";

const large = 17n * 2n ** 20n;
const small = 16n * 2n ** 20n;

let lanes: Lanes;
let begun: string[];
let ends: Map<string, () => void>;
beforeEach(() => {
  lanes = new Lanes({ all: 3, large: 2 });
  begun = [];
  ends = new Map();
});

async function enter(name: string, sizeBytes: bigint, priority = 0): Promise<void> {
  void lanes.run(
    () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    },
    { sizeBytes, priority },
  );
  await reactions();
}

async function end(name: string): Promise<void> {
  ends.get(name)?.();
  await reactions();
}

test("large packages leave a lane, and each gets one of theirs in its turn", async () => {
  for (const name of ["A", "B", "C"]) await enter(name, large);
  expect(begun).toEqual(["A", "B"]);
  await enter("a", small);
  await enter("b", small);
  expect(begun).toEqual(["A", "B", "a"]);
  await end("A");
  expect(begun).toEqual(["A", "B", "a", "b"]);
  await end("a");
  expect(begun).toEqual(["A", "B", "a", "b", "C"]);
  expect({ waiting: lanes.waiting, working: lanes.working }).toEqual({ waiting: 0, working: 3 });
});

test("small packages may take all lanes", async () => {
  for (const name of ["a", "b", "c", "d"]) await enter(name, small);
  expect(begun).toEqual(["a", "b", "c"]);
});

test("the higher priority goes first", async () => {
  for (const name of ["a", "b", "c", "d"]) await enter(name, small);
  await enter("recovered", small, 1);
  await end("a");
  expect(begun.at(-1)).toBe("recovered");
});

test("a new width holds from then on, and ends nobody", async () => {
  for (const name of ["A", "B", "C", "D"]) await enter(name, large);
  lanes.resize({ all: 4, large: 3 });
  await reactions();
  expect(begun).toEqual(["A", "B", "C"]);
  lanes.resize({ all: 1, large: 1 });
  await end("A");
  await end("B");
  expect(begun).toEqual(["A", "B", "C"]);
  await end("C");
  expect(begun).toEqual(["A", "B", "C", "D"]);
});

test("who is told to stop while it waits does not begin", async () => {
  for (const name of ["A", "B"]) await enter(name, large);
  const stopping = new AbortController();
  const waiting = lanes.run(async () => void begun.push("C"), {
    sizeBytes: large,
    signal: stopping.signal,
  });
  stopping.abort(new Error("stop"));
  await expect(waiting).rejects.toThrow();
  await end("A");
  expect(begun).toEqual(["A", "B"]);
});

test("the lines of large and small ones are counted apart", async () => {
  for (const name of ["A", "B", "C", "D"]) await enter(name, large);
  expect([lanes.waitingBefore(large), lanes.waitingBefore(small)]).toEqual([2, 0]);
  const fewer = lanes.whenFewer(large, 2);
  await end("A");
  await fewer;
});
