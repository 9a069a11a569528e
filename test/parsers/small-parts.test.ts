// A chunk in parts: the same lines at the same places, whatever the bytes.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LinesCut } from "../../src/parsers/chunk-cutter.ts";
import { parseLines } from "../../src/parsers/parse-lines.ts";
import { smallParts } from "../../src/parsers/small-parts.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { ChunkMemory, roomBehind } from "../../src/staging/chunk-memory.ts";
import { detailOf } from "../../src/staging/line-columns.ts";
import { goodLine } from "../support/package-fixture.ts";

const cutOf = (bytes: Uint8Array, offset = 1_000): LinesCut => {
  return { kind: "lines", offset, nextOffset: offset + bytes.length, bytes };
};

const anyLine = fc.oneof(
  fc.nat(9_999).map((velocity) => goodLine({ velocity })),
  fc.constantFrom("", " ", "no JSON", goodLine({ latitude: "91" }), '{"timestamp":1}', "\0"),
);
const anyChunk = fc
  .tuple(fc.array(anyLine, { maxLength: 40 }), fc.boolean())
  .map(([lines, isOpen]) => Buffer.from(lines.join("\n") + (isOpen ? "" : "\n")));

test("parts are whole lines, follow each other, and are no longer than asked", () => {
  fc.assert(
    fc.property(anyChunk, fc.integer({ min: 200, max: 2_000 }), (bytes, longestBytes) => {
      const parts = smallParts(cutOf(bytes), longestBytes);
      expect(Buffer.concat(parts.map((part) => part.bytes))).toEqual(bytes);
      let at = 1_000;
      for (const [index, part] of parts.entries()) {
        expect(part).toMatchObject({ offset: at, nextOffset: at + part.bytes.length });
        expect(part.bytes.length).toBeLessThanOrEqual(longestBytes);
        if (index < parts.length - 1) expect(part.bytes.at(-1)).toBe(10);
        at = part.nextOffset;
      }
    }),
  );
});

test("a chunk with a line that is longer stays whole", () => {
  const cut = cutOf(Buffer.from(`a\n${"b".repeat(50)}\nc\n`));
  expect(smallParts(cut, 50)).toEqual([cut]);
  expect(smallParts(cut, 51)).toHaveLength(3);
  const open = cutOf(Buffer.from(`a\n${"b".repeat(51)}`));
  expect(smallParts(open, 50)).toEqual([open]);
  expect(smallParts(open, 51)).toHaveLength(2);
});

test("parts of a shared chunk, all parsed before one is looked at, say what the whole says", () => {
  const memory = new ChunkMemory();
  const options = { satelliteType: jackalMk1, maxLineBytes: 1_000 };
  fc.assert(
    fc.property(anyChunk, fc.integer({ min: 200, max: 2_000 }), (content, longestBytes) => {
      const shared = memory.take().fill(0xff);
      const bytes = shared.subarray(5, 5 + content.length);
      bytes.set(content);
      const parsed = smallParts(cutOf(bytes, 0), longestBytes).map((part) => ({
        ...part,
        ...parseLines(part.bytes, options, roomBehind(part.bytes)),
      }));
      let physical = 0;
      const lines = parsed.flatMap(({ offset, columns, physicalLines }) => {
        const before = physical;
        physical += physicalLines;
        return told(columns, before, offset);
      });
      const whole = parseLines(content, options);
      expect(lines).toEqual(told(whole.columns, 0, 0));
      expect(physical).toBe(whole.physicalLines);
      memory.give(shared);
    }),
  );
});

type Columns = ReturnType<typeof parseLines>["columns"];

/** What the columns say of each line. */
function told(columns: Columns, physical: number, offset: number) {
  return Array.from({ length: columns.count }, (_, at) => ({
    line: physical + (columns.line[at] ?? 0),
    offset: offset + (columns.start[at] ?? 0),
    length: columns.length[at],
    status: columns.status[at],
    detail: detailOf(columns, at),
    timestampUs: columns.timestampUs[at],
    velocity: columns.velocity[at],
    longitude: columns.longitude[at],
    instruments: Buffer.from(
      columns.instruments.subarray(columns.instrumentsEnd[at - 1] ?? 0, columns.instrumentsEnd[at]),
    ).toString(),
  }));
}
