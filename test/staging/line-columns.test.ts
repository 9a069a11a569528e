// Columns lie in one buffer, so that one transfer hands them all over.
import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateColumns } from "../../src/staging/line-columns.ts";

test("whatever the number of lines, columns fill one buffer without a gap or an overlap", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), (count) => {
      const { count: counted, ...columns } = allocateColumns(count);
      const views = Object.values(columns).sort((a, b) => a.byteOffset - b.byteOffset);
      expect(counted).toBe(count);
      expect(views.map(({ length }) => length)).toEqual(views.map(() => count));
      let end = 0;
      for (const view of views) {
        expect(view.byteOffset).toBe(end);
        expect(view.buffer).toBe(columns.status.buffer);
        end += view.byteLength;
      }
      expect(end).toBe(count * (5 * 8 + 5 * 4 + 1));
      expect(columns.status.buffer.byteLength).toBe(end);
    }),
  );
});

test("a new line is good, and zero", () => {
  const { timestampUs, velocity, status } = allocateColumns(2);
  expect([...timestampUs, ...velocity, ...status]).toEqual([0n, 0n, 0, 0, 0, 0]);
});

test("one transfer takes all columns along", () => {
  const columns = allocateColumns(3);
  columns.longitude[2] = 180;
  const { buffer } = columns.status;
  if (!(buffer instanceof ArrayBuffer)) throw new Error("no buffer that can be transferred");
  const moved = structuredClone(columns, { transfer: [buffer] });
  expect(moved.longitude[2]).toBe(180);
  expect(columns.longitude.length).toBe(0);
});
