// Packages in work on screens of several widths.
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { type Work, workLines } from "../../../src/cli/status/work-lines.ts";
import { displayWidth } from "../../../src/cli/text/display-width.ts";

const work: Work[] = [
  {
    fileId: 7,
    name: "jackal_mk1-20200102T000000Z-seed5-10000000.ndjson",
    state: "loading",
    share: 0.5,
    rowsPerSecond: 123_456,
    secondsLeft: 11.2,
  },
  { fileId: 12, name: "長い名前\u001b[2J", state: "claimed", share: 0 },
  { fileId: 13, name: "slow", state: "loading", share: 0.999, rowsPerSecond: 0, secondsLeft: null },
];
const lines = (columns: number, hasColours = false) => workLines(work, { columns, hasColours });

test("each has a bar, its share, its speed and the time left, one below the other", () => {
  expect(`\n${lines(110).join("\n")}\n`).toMatchInlineSnapshot(`
    "
     7  jackal_mk1-20200102T…ed5-10000000.ndjson  ━━━━━━━━━━━━━━━───────────────   50 %  123,456 rows/s  12 s left
    12  長い名前\\u001b[2J                         ──────────────────────────────  waits
    13  slow                                      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━─   99 %        0 rows/s
    "
  `);
});

test.each([60, 80, 100, 140, 200])("no line is wider than a screen of %i columns", (columns) => {
  for (const line of lines(columns)) {
    expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    expect(line).not.toContain("\u001b");
  }
});

test("colours take no room", () => {
  expect(lines(80, true).map((line) => stripVTControlCharacters(line))).toEqual(lines(80));
});
