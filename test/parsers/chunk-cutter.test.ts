// How the bytes of a file become chunks of whole lines, however they come.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChunkCutter, type Cut, type CutterOptions } from "../../src/parsers/chunk-cutter.ts";

/** Feeds `file` in pieces whose sizes go round, and returns what is cut. */
function cutAll(
  file: Uint8Array,
  options: CutterOptions,
  pieces: readonly number[] = [1e9],
): Cut[] {
  const cutter = new ChunkCutter(options);
  const cuts: Cut[] = [];
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const space = cutter.space();
    const piece = Math.min(pieces[turn % pieces.length] ?? 1, space.length, file.length - at);
    space.set(file.subarray(at, at + piece));
    at += piece;
    cuts.push(...cutter.filled(piece));
  }
  return [...cuts, ...cutter.end()];
}

const text = (cut: Cut | undefined) =>
  cut?.kind === "lines" ? Buffer.from(cut.bytes).toString("latin1") : cut?.kind;
const file = (content: string) => Buffer.from(content, "latin1");

describe("chunks", () => {
  test("are whole lines, each up to the size of a chunk", () => {
    const cuts = cutAll(file("aaa\nbb\ncccc\nd\n"), { chunkBytes: 8, maxLineBytes: 100 });
    expect(cuts.map(text)).toEqual(["aaa\nbb\n", "cccc\nd\n"]);
    expect(cuts.map(({ offset }) => offset)).toEqual([0, 7]);
  });

  test("C9: the last line needs no end", () => {
    expect(cutAll(file("aaa\nbb"), { chunkBytes: 8, maxLineBytes: 100 }).map(text)).toEqual([
      "aaa\nbb",
    ]);
  });

  test("C8: an empty file has none", () => {
    expect(cutAll(file(""), { maxLineBytes: 100 })).toEqual([]);
  });

  test("grow for a line that is longer, and shrink again behind it", () => {
    const long = "x".repeat(50);
    const cuts = cutAll(file(`a\n${long}\nb\nccccc\nd`), { chunkBytes: 8, maxLineBytes: 100 });
    expect(cuts.map(text).join("")).toBe(`a\n${long}\nb\nccccc\nd`);
    expect(Math.max(...cuts.map((cut) => cut.nextOffset - cut.offset))).toBeLessThan(128);
  });

  test("begin where a resumed package begins", () => {
    const cuts = cutAll(file("aaa\nb"), { offset: 5_000_000_000, chunkBytes: 4, maxLineBytes: 9 });
    expect(cuts.map(({ offset, nextOffset }) => [offset, nextOffset])).toEqual([
      [5_000_000_000, 5_000_000_004],
      [5_000_000_004, 5_000_000_005],
    ]);
  });

  test("can be transferred: no two share a buffer, and the cutter goes on in another", () => {
    const cutter = new ChunkCutter({ chunkBytes: 8, maxLineBytes: 100 });
    cutter.space().set(file("aa\nbb\ncc"));
    const [first] = cutter.filled(8);
    const buffer = first?.kind === "lines" ? first.bytes.buffer : undefined;
    if (first?.kind !== "lines" || !(buffer instanceof ArrayBuffer)) throw new Error("no lines");
    structuredClone(first.bytes, { transfer: [buffer] });
    expect(first.bytes.length).toBe(0);
    cutter.space().set(file("c\n"));
    cutter.filled(2);
    expect(cutter.end().map(text)).toEqual(["ccc\n"]);
  });

  test("take their memory from where they are told, and give back what nothing was cut of", () => {
    const given: Uint8Array[] = [];
    const taken: Uint8Array[] = [];
    const take = () => {
      taken.push(new Uint8Array(8));
      return taken.at(-1) ?? new Uint8Array(0);
    };
    const memory = { take, give: (buffer: Uint8Array) => given.push(buffer) };
    const content = `aa\nbb\n${"x".repeat(20)}\ncc\n`;
    const cuts = cutAll(file(content), { chunkBytes: 8, maxLineBytes: 100, memory });
    expect(cuts.map(text).join("")).toBe(content);
    const cutOf = new Set(cuts.map((cut) => cut.kind === "lines" && cut.bytes.buffer));
    const uncut = taken.filter(({ buffer }) => !cutOf.has(buffer));
    expect(uncut.length).toBeGreaterThan(0);
    expect(uncut.every((buffer) => given.includes(buffer))).toBe(true);
    expect(given.some(({ buffer }) => cutOf.has(buffer))).toBe(false);
  });

  test("do not depend on how the bytes come", () => {
    const content = file(`a\r\n\n${"x".repeat(9_000)}\r\n${"y".repeat(30)}\n\r\nzz`);
    const options = { chunkBytes: 16, maxLineBytes: 100 };
    const whole = cutAll(content, options);
    expect(cutAll(content, options, [1])).toEqual(whole);
    expect(cutAll(content, options, [3, 1, 7])).toEqual(whole);
  });
});

describe("C18: a line that is too long", () => {
  const options = { chunkBytes: 64, maxLineBytes: 5_000 };
  const long = (length: number) => `${"0123456789".repeat(length / 10)}`;

  test("is reported with its place, its length without line end, and its first 4096 bytes", () => {
    const cuts = cutAll(file(`a\n${long(9_000)}\r\nb\n`), options);
    expect(cuts.map(text)).toEqual(["a\n", "long_line", "b\n"]);
    expect(cuts[1]).toEqual({
      kind: "long_line",
      offset: 2,
      nextOffset: 9_004,
      lengthBytes: 9_000,
      head: Uint8Array.from(file(long(9_000)).subarray(0, 4_096)),
      isBlank: false,
    });
  });

  test("is handed over whole up to the limit, with its line end and a BOM", () => {
    const line = `\u00ef\u00bb\u00bf${long(5_000)}\r\n`;
    expect(cutAll(file(line), options).map(text)).toEqual([line]);
    expect(cutAll(file(line), options, [1]).map(text)).toEqual([line]);
  });

  test("at the end of the file: without LF a CR is part of it", () => {
    expect(cutAll(file(`${long(9_000)}\r`), options)).toMatchObject([
      { lengthBytes: 9_001, nextOffset: 9_001 },
    ]);
    expect(cutAll(file(`${long(9_000)}\r\n`), options)).toMatchObject([
      { lengthBytes: 9_000, nextOffset: 9_002 },
    ]);
  });

  test("has one CR in its line end, wherever a buffer ends", () => {
    for (let length = 8_000; length < 16_000; length += 331) {
      const line = `${"x".repeat(length)}\r\r\n`;
      expect(cutAll(file(line), { chunkBytes: 331, maxLineBytes: 100 })).toMatchObject([
        { lengthBytes: length + 1, nextOffset: length + 3 },
      ]);
    }
  });

  test("several of them one after the other", () => {
    const cuts = cutAll(file(`${long(9_000)}\n${long(20_000)}\n\n${long(9_000)}\n`), options);
    const places = cuts.map(({ kind, offset, nextOffset }) => [kind, offset, nextOffset]);
    expect(places).toEqual([
      ["long_line", 0, 9_001],
      ["long_line", 9_001, 29_002],
      ["lines", 29_002, 29_003],
      ["long_line", 29_003, 38_004],
    ]);
  });

  test("R2: that is blank is said to be blank", () => {
    const isBlank = (line: string) =>
      cutAll(file(line), options).map((cut) => cut.kind === "long_line" && cut.isBlank);
    expect(isBlank(`${" \t\r".repeat(4_000)}\n`)).toEqual([true]);
    expect(isBlank(`${" \t\r".repeat(4_000)}`)).toEqual([true]);
    expect(isBlank(`${" ".repeat(12_000)}x${" ".repeat(12_000)}\n`)).toEqual([false]);
  });

  test.each([
    ["1 GB", "x", 1e9],
    ["100 MB, blank", " ", 1e8],
  ])(
    "F36: of %s takes flat memory and linear time",
    (_what, character, length) => {
      const cutter = new ChunkCutter({ maxLineBytes: 1_048_576 });
      const before = process.memoryUsage().arrayBuffers;
      let bytes = 0;
      while (bytes < length) {
        const space = cutter.space();
        if (bytes < 4e6) space.fill(character.charCodeAt(0)); // Then it is used over and over.
        bytes += space.length;
        if (cutter.filled(space.length).length > 0) throw new Error("cut without a line end");
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
      expect(cutter.end()).toMatchObject([{ lengthBytes: bytes, isBlank: character === " " }]);
    },
    60_000,
  ); // Which a quadratic step would exceed by hours.
});

describe("what is wrong to ask for", () => {
  test.each([0, -1, Number.NaN])("a chunk or a line of %d bytes", (size) => {
    expect(() => new ChunkCutter({ maxLineBytes: size })).toThrow(RangeError);
    expect(() => new ChunkCutter({ maxLineBytes: 1, chunkBytes: size })).toThrow(RangeError);
  });

  test.each([-1, 9, Number.NaN])("%d bytes in a space of 8", (bytes) => {
    expect(() => new ChunkCutter({ maxLineBytes: 1, chunkBytes: 8 }).filled(bytes)).toThrow(
      RangeError,
    );
  });
});

test("the cuts of any bytes, one after the other, are the file, and each begins behind a LF", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.nat({ max: 12_000 }).map((length) => "x".repeat(length)),
    fc.constantFrom("", "\r", "\r\r"),
  );
  const content = fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join("\n")));
  const pieces = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 });
  const size = fc.integer({ min: 1, max: 6_000 });
  fc.assert(
    fc.property(content, pieces, size, size, (bytes, sizes, chunkBytes, maxLineBytes) => {
      let next = 0;
      for (const cut of cutAll(bytes, { chunkBytes, maxLineBytes }, sizes)) {
        expect(cut.offset).toBe(next);
        expect(cut.nextOffset).toBeGreaterThan(cut.offset);
        expect(next === 0 || bytes[next - 1] === 10).toBe(true);
        const own = bytes.subarray(cut.offset, cut.nextOffset);
        if (cut.kind === "lines") expect(own.equals(cut.bytes)).toBe(true);
        else {
          expect(cut.lengthBytes).toBeGreaterThan(maxLineBytes);
          expect(own.subarray(0, -2).includes(10)).toBe(false);
          expect(own.subarray(0, 4_096).equals(cut.head)).toBe(true);
        }
        next = cut.nextOffset;
      }
      expect(next).toBe(bytes.length);
    }),
  );
});
