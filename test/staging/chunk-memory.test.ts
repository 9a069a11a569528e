// Memory that is used again: nobody may be given what somebody else still looks at.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChunkMemory, chunkBytes, roomBehind } from "../../src/staging/chunk-memory.ts";

test("what is taken is nobody else's, until it is given back", () => {
  const memory = new ChunkMemory();
  const [one, other] = [memory.take(), memory.take()];
  expect(one.buffer).not.toBe(other.buffer);
  memory.give(one.subarray(10, 20)); // By any view.
  expect(memory.take().buffer).toBe(one.buffer);
  expect(memory.take().buffer).not.toBe(one.buffer);
});

test("the room behind a chunk's bytes is apart from them, and fit for columns of any width", () => {
  const bytes = new ChunkMemory().take();
  const room = roomBehind(bytes);
  expect(bytes.length).toBe(chunkBytes);
  expect(room?.buffer).toBe(bytes.buffer);
  expect(room?.byteOffset).toBe(chunkBytes);
  expect(room?.length).toBe(chunkBytes);
  expect(chunkBytes % 8).toBe(0);
});

test("parts of a chunk have rooms that are apart, each about as large as the part", () => {
  const bytes = new ChunkMemory().take();
  const ends = fc.uniqueArray(fc.nat(chunkBytes), { minLength: 1 });
  fc.assert(
    fc.property(ends, (unordered) => {
      let end = chunkBytes;
      let from = 0;
      for (const to of [...unordered.sort((a, b) => a - b), chunkBytes]) {
        const room = roomBehind(bytes.subarray(from, to));
        expect(room?.byteOffset).toBe(end);
        expect((room?.byteOffset ?? 1) % 8).toBe(0);
        expect(Math.abs((room?.length ?? 0) - (to - from))).toBeLessThan(8);
        end += room?.length ?? 0;
        from = to;
      }
      expect(end).toBe(2 * chunkBytes);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["an ArrayBuffer", new ArrayBuffer(16)],
  ["shared memory from elsewhere", new SharedArrayBuffer(16)],
])("%s has no such room, and is not taken back", (_, buffer) => {
  const memory = new ChunkMemory();
  const bytes = new Uint8Array(buffer);
  expect(roomBehind(bytes)).toBeUndefined();
  memory.give(bytes);
  expect(memory.take().buffer).not.toBe(buffer);
});

test("no more is kept than two large packages need", () => {
  const memory = new ChunkMemory();
  const taken = Array.from({ length: 200 }, () => memory.take());
  for (const bytes of taken) memory.give(bytes);
  const known = new Set(taken.map(({ buffer }) => buffer));
  const again = Array.from({ length: 200 }, () => memory.take());
  expect(again.filter(({ buffer }) => known.has(buffer))).toHaveLength(128);
});
