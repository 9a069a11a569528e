// Any bytes, cut anywhere: cutter and parser together give the same lines at the same places with the same outcomes,
// and never throw. The expected outcome is calculated from the whole file at once, in another way.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChunkCutter, type Cut } from "../../src/parsers/chunk-cutter.ts";
import { lineTooLong, parseLines } from "../../src/parsers/parse-lines.ts";
import { jackalMk2 } from "../../src/satellites/jackal-mk2.ts";
import { rejectionReasons } from "../../src/satellites/satellite.ts";

interface Line {
  /** Physical line, the first one 0. */
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  /** "good", or the reason. */
  readonly outcome: string;
}

/** Memory that is used again at once, with something in it. */
function usedMemory(bytes: number) {
  const free: Uint8Array[] = [];
  return {
    take: (): Uint8Array => (free.pop() ?? new Uint8Array(bytes)).fill(0x7b),
    give: ({ buffer }: Uint8Array): void => {
      if (buffer.byteLength === bytes) free.push(new Uint8Array(buffer));
    },
  };
}

/** Feeds the file in pieces whose sizes go round, and returns the counted lines. */
function load(
  file: Uint8Array,
  chunkBytes: number,
  maxLineBytes: number,
  pieces: readonly number[],
) {
  const memory = usedMemory(chunkBytes);
  const cutter = new ChunkCutter({ chunkBytes, maxLineBytes, memory });
  const room = new Uint8Array(256); // For the columns of some chunks, and not of others.
  const lines: Line[] = [];
  let physical = 0;
  const take = (cuts: readonly Cut[]) => {
    for (const cut of cuts) {
      if (cut.kind === "long_line") {
        const { reason: outcome } = lineTooLong(cut.lengthBytes, maxLineBytes);
        const { offset, lengthBytes: length } = cut;
        if (!cut.isBlank) lines.push({ line: physical, offset, length, outcome });
        physical++;
        continue;
      }
      const parsed = parseLines(
        cut.bytes,
        { satelliteType: jackalMk2, maxLineBytes },
        room.fill(0x7b),
      );
      const { status, line, start, length } = parsed.columns;
      for (const [at, code] of status.entries()) {
        lines.push({
          line: physical + (line[at] ?? 0),
          offset: cut.offset + (start[at] ?? 0),
          length: length[at] ?? 0,
          outcome: rejectionReasons[code - 1] ?? "good",
        });
      }
      expect([...parsed.columns.detail].map(Boolean)).toEqual([...status].map(Boolean));
      physical += parsed.physicalLines;
      memory.give(cut.bytes);
    }
  };
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const space = cutter.space();
    const piece = Math.min(pieces[turn % pieces.length] ?? 1, space.length, file.length - at);
    space.set(file.subarray(at, at + piece));
    at += piece;
    take(cutter.filled(piece));
  }
  take(cutter.end());
  return { lines, physical };
}

/** Where the counted lines are, and what can be said of them without reading JSON. */
function expected(file: Buffer, maxLineBytes: number) {
  const parts = file.toString("latin1").split("\n");
  const lines: Line[] = [];
  let offset = 0;
  for (const [line, part] of parts.entries()) {
    const isLast = line === parts.length - 1;
    const content = isLast ? part : part.replace(/\r$/, "");
    const { length } = content;
    if (/[^ \t\r]/.test(content)) {
      lines.push({ line, offset, length, outcome: outcome(content, maxLineBytes) });
    }
    offset += part.length + 1;
  }
  return { lines, physical: parts.at(-1) === "" ? parts.length - 1 : parts.length };
}

function outcome(latin1: string, maxLineBytes: number): string {
  if (latin1.length > maxLineBytes) return "line_too_long";
  if (latin1.includes("\0")) return "nul_byte";
  let text: string;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = decoder.decode(Buffer.from(latin1, "latin1"));
  } catch {
    return "invalid_utf8";
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "invalid_json";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not_an_object";
  return text.trim() === good ? "good" : "missing_field";
}

const good =
  '{"long":-73.25,"alt":300609.75,"ts":"2023-12-26T11:25:39.362414Z","vel":8549.9,"lat":19.2,' +
  '"instrument1":"faulty","instrument3":"ok","instrument4":"漢🛰"}';

/** Without the first field, so that nothing else is said than that it is missing. */
const anyJson = fc.json().filter((json) => !json.includes('"ts":'));

const anyLine = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Buffer.from(good)) },
  { weight: 2, arbitrary: anyJson.map((json) => Buffer.from(json)) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((t) => Buffer.from(t)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.nat({ max: 9_000 }).map((length) => Buffer.alloc(length, " x")) },
  { weight: 1, arbitrary: fc.nat({ max: 9_000 }).map((length) => Buffer.alloc(length, " ")) },
  {
    weight: 1,
    arbitrary: fc.nat({ max: good.length }).map((at) => Buffer.from(good.slice(0, at))),
  },
);
const anyEnd = fc.constantFrom("\n", "\n", "\r\n", "\r\r\n", "\r", "\n\n");
const anyFile = fc
  .tuple(fc.array(fc.tuple(anyLine, anyEnd), { maxLength: 12 }), anyLine)
  .map(([lines, last]) => {
    return Buffer.concat([...lines.flatMap(([line, end]) => [line, Buffer.from(end)]), last]);
  });
const anyPieces = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 4 });
const anySize = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 9_000 }));

test("C5, C16, C17: any bytes in any pieces: the same lines, places and outcomes", () => {
  fc.assert(
    fc.property(anyFile, anyPieces, anySize, anySize, (file, pieces, chunkBytes, maxLineBytes) => {
      expect(load(file, chunkBytes, maxLineBytes, pieces)).toEqual(expected(file, maxLineBytes));
    }),
    { numRuns: 600 },
  );
});

test("C17: a character over any border is whole, byte by byte", () => {
  const file = Buffer.from(`${good}\r\n\n${good}`);
  for (let chunkBytes = 1; chunkBytes < 400; chunkBytes += 13) {
    expect(load(file, chunkBytes, 1_000, [1])).toEqual(expected(file, 1_000));
  }
});

test("C20, C21: any JSON beside the fields changes nothing, and the last duplicate counts", () => {
  const extra = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(extra, fc.double({ noNaN: true, noDefaultInfinity: true }), (keys, vel) => {
      const number = Object.is(vel, -0) ? "-0" : String(vel);
      const text = `${JSON.stringify({ x: keys }).slice(0, -1)},${good.slice(1, -1)},"vel":${number}}`;
      const source = new TextEncoder().encode(text);
      const { columns } = parseLines(source, { satelliteType: jackalMk2, maxLineBytes: 1e6 });
      expect([...columns.status, ...columns.velocity]).toEqual([0, vel]);
    }),
    { numRuns: 300 },
  );
});

test("R4: any instrument that can be stored comes out character by character", () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 9 }),
      (words) => {
        const line = (word: string) => good.replace('"漢🛰"', () => JSON.stringify(word));
        const source = encoder.encode(words.map(line).join("\n"));
        const { columns } = parseLines(source, { satelliteType: jackalMk2, maxLineBytes: 1e6 });
        let start = 0;
        for (const [at, word] of words.entries()) {
          const end = columns.instrumentsEnd[at] ?? 0;
          const stored = Buffer.from(columns.instruments.subarray(start, end)).toString();
          start = end;
          const isStorable = word.isWellFormed() && !word.includes("\0");
          const wanted = JSON.stringify({
            instrument1: "faulty",
            instrument3: "ok",
            instrument4: word,
          });
          expect(stored).toBe(isStorable ? wanted : "");
        }
      },
    ),
  );
});
