// Whose turn it is: who was served least, and nobody is passed over for ever.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Turn, Turns } from "../../src/persister/turns.ts";

/** Takes the one whose turn it is. */
function takeFrom(turns: Turns<Turn>): Turn | undefined {
  const next = turns.next();
  if (next !== undefined) turns.take(next);
  return next;
}

const big = { fileId: 1, rows: 50_000 };
/** A small package, of one batch. */
const small = (n: number): Turn => ({ fileId: 100 + n, rows: 1_000 });

test("who came first goes first, if none was served before", () => {
  const turns = new Turns<Turn>();
  const all = [small(3), small(1), small(2)];
  for (const one of all) turns.add(one);
  expect([takeFrom(turns), takeFrom(turns), takeFrom(turns), takeFrom(turns)]).toEqual([
    ...all,
    undefined,
  ]);
});

test("a small package goes before the next batch of a large one", () => {
  const turns = new Turns<Turn>();
  turns.add(big);
  takeFrom(turns);
  turns.add(big);
  turns.add(small(1));
  expect([takeFrom(turns), takeFrom(turns)]).toEqual([small(1), big]);
});

test("beside a new large package one that has come far still gets a third of the turns", () => {
  const turns = new Turns<Turn>();
  const other = { fileId: 2, rows: 50_000 };
  for (let batch = 0; batch < 20; batch++) {
    turns.add(big);
    takeFrom(turns);
  }
  turns.add(big);
  turns.add(other);
  const order: number[] = [];
  for (let batch = 0; batch < 9; batch++) {
    const taken = takeFrom(turns);
    if (taken === undefined) break;
    order.push(taken.fileId);
    turns.add(taken);
  }
  expect(order.filter((fileId) => fileId === big.fileId)).toHaveLength(3);
});

test("however many small ones keep coming, a large one gets at least half as many rows in", () => {
  const turns = new Turns<Turn>();
  turns.add(big);
  takeFrom(turns);
  turns.add(big);
  let [rowsOfBig, rowsOfSmall] = [0, 0];
  for (let n = 0; n < 5_000; n++) {
    turns.add(small(n));
    const taken = takeFrom(turns);
    if (taken?.fileId !== 1) rowsOfSmall += taken?.rows ?? 0;
    else {
      rowsOfBig += taken.rows;
      turns.add(big);
    }
  }
  expect(rowsOfBig / rowsOfSmall).toBeGreaterThan(0.5);
});

test("a batch that left holds up nobody", () => {
  const turns = new Turns<Turn>();
  turns.add(big);
  turns.add(small(1));
  turns.remove(big);
  expect(takeFrom(turns)).toEqual(small(1));
  expect(turns.size).toBe(0);
});

test("all that came are served, once each; and who came first is passed by no more than it weighs", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          turn: fc.record({ fileId: fc.nat(6), rows: fc.nat(60_000) }),
          takes: fc.nat(3),
        }),
        { maxLength: 60 },
      ),
      (steps) => {
        const turns = new Turns<Turn>();
        const came: Turn[] = [];
        const served: Turn[] = [];
        let passed = 0;
        const take = () => {
          const first = came.find((one) => !served.includes(one));
          const taken = takeFrom(turns);
          if (taken === undefined) return;
          served.push(taken);
          passed = taken === first ? 0 : passed + taken.rows + 500;
          const other = first === taken ? undefined : first;
          // The last one to pass may be as large as it likes: nobody is cut in two.
          if (other !== undefined)
            expect(passed - (taken.rows + 500)).toBeLessThan(other.rows + 500);
        };
        for (const { turn, takes } of steps) {
          came.push(turn);
          turns.add(turn);
          for (let n = 0; n < takes; n++) take();
        }
        while (turns.size > 0) take();
        expect(new Set(served)).toEqual(new Set(came));
        expect(served).toHaveLength(came.length);
      },
    ),
  ));
