// A chunk: where its lines are in the file, what is wrong with them, and the memory that it holds.
import { expect, test } from "vitest";
import { parseLines } from "../../src/parsers/parse-lines.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { detailOf } from "../../src/staging/line-columns.ts";
import { StagedChunk } from "../../src/staging/staged-chunk.ts";
import { badLine, chunkOf, goodLine } from "../support/package-fixture.ts";

const keptBytes = 4_096; // Of a line that is too long, by the contract.
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const lines = ["", goodLine(), badLine, " ", `${goodLine({ instrument1: "\u{1f6f0}" })}\r`];
const chunk = chunkOf(lines, { line: 100, offset: 5_000 });

test("a line is known by its place in the file, blank lines counted", () => {
  expect(chunk.count).toBe(3);
  expect([0, 1, 2].map((index) => chunk.lineOf(index))).toEqual([101, 102, 104]);
  const third = Buffer.byteLength(lines.slice(0, 4).join("\n")) + 1;
  expect(chunk.offsetOf(0)).toBe(5_001);
  expect(chunk.offsetOf(2)).toBe(5_000 + third);
});

test("a line's bytes are those without its end", () => {
  expect(text(chunk.rawOf(0))).toBe(lines[1]);
  expect(text(chunk.rawOf(1))).toBe(badLine);
  expect(text(chunk.rawOf(2))).toBe(lines[4]?.slice(0, -1));
});

test("a line that the parser rejected says why", () => {
  expect(chunk.isGood(1)).toBe(false);
  expect(chunk.reasonOf(1)).toBe("invalid_json");
  expect(chunk.reasonOf(0)).toBeUndefined();
});

test("a line is rejected once: the first reason stands", () => {
  const own = chunkOf(lines);
  own.reject(0, "out_of_range", "latitude");
  own.reject(0, "database", "23514");
  own.reject(1, "database", "23514");
  expect(own.isGood(0)).toBe(false);
  expect([own.reasonOf(0), detailOf(own.columns, 0)]).toEqual(["out_of_range", "latitude"]);
  expect(own.reasonOf(1)).toBe("invalid_json");
  expect(own.isGood(2)).toBe(true);
});

test("of a line that is too long the first bytes are kept, of any other one all", () => {
  const long = goodLine({ more: "x".repeat(2 * keptBytes) });
  const source = Buffer.from(long);
  const place = { firstLine: 2, firstOffset: 0, physicalLines: 1, byteLength: source.length };
  const rawOf = (maxLineBytes: number) => {
    const { columns } = parseLines(source, { satelliteType: jackalMk1, maxLineBytes });
    return new StagedChunk(source, columns, place).rawOf(0);
  };
  expect(text(rawOf(source.length))).toBe(long);
  expect(text(rawOf(source.length - 1))).toBe(long.slice(0, keptBytes));
});

test("a line that is not there is a bug, and no empty value", () => {
  expect(() => chunk.lineOf(3)).toThrow(RangeError);
  expect(() => chunk.reasonOf(-1)).toThrow(RangeError);
});

test("the memory is that of bytes, columns, instruments, and a share for each detail", () => {
  const { source, columns } = chunk;
  const values = 3 * (5 * 8 + 5 * 4 + 1);
  const rejected = columns.details.length * 100;
  expect(rejected).toBeGreaterThan(0);
  const bytes = source.byteLength + values + columns.instruments.byteLength;
  expect(chunk.stagedBytes).toBe(bytes + rejected);
});
