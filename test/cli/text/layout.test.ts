// Words, tables and facts on screens of any width.
import fc from "fast-check";
import { expect, test } from "vitest";
import { countLines } from "../../../src/cli/text/count-lines.ts";
import { clip, displayWidth } from "../../../src/cli/text/display-width.ts";
import { factLines } from "../../../src/cli/text/facts.ts";
import { paintFor } from "../../../src/cli/text/paint.ts";
import { wrapText } from "../../../src/cli/text/wrap.ts";

const words = fc.stringMatching(/^[a-z 語]*$/);

test("no wrapped line is wider than the screen, and no character is lost", () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 30 }), (text, columns) => {
      const lines = wrapText(text, columns);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});

test("a clipped text fits, and ends in an ellipsis if something is missing", () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 20 }), (text, columns) => {
      const shown = clip(text, columns);
      expect(displayWidth(shown)).toBeLessThanOrEqual(columns);
      expect(shown === text || shown.endsWith("…")).toBe(true);
    }),
  );
});

test("facts stand beside their names, and long ones go on below", () => {
  const facts = [
    { name: "size", says: "1 MB" },
    { name: "result", says: "some words that have no room on a line" },
    { name: "steps", says: ["one", "two"] },
  ];
  const layout = { columns: 32, paintName: (text: string) => text, indent: 2 };
  expect(factLines(facts, layout)).toEqual([
    "  size    1 MB",
    "  result  some words that have",
    "          no room on a line",
    "  steps   one",
    "          two",
  ]);
});

test("counts stand below each other", () => {
  const counts = [
    { reason: "too_deep", count: 1_200 },
    { reason: "nul_byte", count: 3 },
  ];
  expect(countLines(counts)).toEqual(["1,200  too_deep", "    3  nul_byte"]);
});

test("without colours paint leaves a text as it is, with them it is marked", () => {
  expect(paintFor({ hasColours: false }).bad("x")).toBe("x");
  expect(paintFor({ hasColours: true }).bad("x")).toBe("\u001b[31mx\u001b[39m");
});
