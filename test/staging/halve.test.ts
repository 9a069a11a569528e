// A batch that is too much at a time, in two: together they are the batch, and each is a batch of its own.
import fc from "fast-check";
import { expect, test } from "vitest";
import { halve, type StagedBatch } from "../../src/staging/staging-store.ts";
import { batchOf, chunksOf, goodLine } from "../support/package-fixture.ts";

const physicalLines = ({ slices }: StagedBatch): number[] =>
  slices.flatMap(({ chunk, from, to }) =>
    Array.from({ length: to - from }, (_, at) => chunk.lineOf(from + at)),
  );

const chunk = fc.array(fc.constantFrom(goodLine(), "bad", ""), { minLength: 1, maxLength: 8 });
const batches = fc
  .tuple(fc.array(chunk, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([chunks, last]) => batchOf(chunksOf(chunks), { last }))
  .filter(({ lines }) => lines > 1);

test("both halves together are the batch, the first one the larger by a line at most", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const [first, second] = halve(batch);
      expect([...physicalLines(first), ...physicalLines(second)]).toEqual(physicalLines(batch));
      expect(first.lines).toBe(Math.ceil(batch.lines / 2));
      expect(second.lines).toBe(Math.floor(batch.lines / 2));
      for (const half of [first, second]) expect(physicalLines(half)).toHaveLength(half.lines);
    }),
  );
});

test("the first goes on where the second begins, the second where the batch does", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const [first, second] = halve(batch);
      const [slice] = second.slices;
      expect(first.last).toBe(false);
      expect(first.next).toEqual({
        line: slice?.chunk.lineOf(slice.from),
        offset: slice?.chunk.offsetOf(slice.from),
      });
      expect(second.next).toEqual(batch.next);
      expect(second.last).toBe(batch.last);
    }),
  );
});

test("halves of halves come down to single lines", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const lines = (part: StagedBatch): number[] =>
        part.lines === 1 ? physicalLines(part) : halve(part).flatMap(lines);
      expect(lines(batch)).toEqual(physicalLines(batch));
    }),
  );
});
