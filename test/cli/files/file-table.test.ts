// The table of packages on screens of several widths, with names that mean no good.
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { fileTable } from "../../../src/cli/files/file-table.ts";
import { displayWidth } from "../../../src/cli/text/display-width.ts";
import type { FileRow } from "../../../src/queries/file-rows.ts";
import { completeRow } from "./file-row.ts";

const failed: FileRow = {
  ...completeRow,
  id: 12,
  name: "jackal_mk1-20240105T000000Z-seed5-10000000.ndjson",
  satelliteType: null,
  status: "failed",
  totalLines: 0,
  importedLines: 0,
  errors: 0,
  error: 'the header names no satellite type: "jackal_mk9"',
  firstTimestamp: null,
  lastTimestamp: null,
};
const table = (rows: readonly FileRow[], columns = 120, hasColours = false) => {
  return fileTable(rows, { columns, hasColours, nowMs: Date.parse("2024-06-01T03:00:00Z") });
};

test("numbers stand right, texts left, and below a failed package stands why", () => {
  expect(`\n${table([failed, completeRow]).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    id  name                                     satellite   status    lines  imported  errors  data time
    12  jackal_mk1-20240105…ed5-10000000.ndjson  -           failed        0         0       0  -
        the header names no satellite type: "jackal_mk9"
     7  a.ndjson                                 jackal_mk1  complete  1,000       990      10  2024-05-01 12:00:00–12:01:40
    "
  `);
});

test("a narrow screen gets shorter times and names", () => {
  expect(`\n${table([failed, completeRow], 80).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    id  name               satellite   status    lines  imported  errors  data time
    12  jackal_m…0.ndjson  -           failed        0         0       0  -
        the header names no satellite type: "jackal_mk9"
     7  a.ndjson           jackal_mk1  complete  1,000       990      10  2024-05-01
    "
  `);
});

test.each([80, 90, 100, 120])("large numbers and long names fit %i columns", (columns) => {
  const large = { totalLines: 10_000_000, importedLines: 9_999_990, id: 12_345 };
  const rows = [failed, { ...completeRow, ...large, status: "processing" as const }];
  const name = "長い名前".repeat(30);
  for (const line of table([...rows, { ...completeRow, name }], columns)) {
    expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  }
});

test("one that is being loaded says how far it is", () => {
  const loading = { ...completeRow, status: "processing" as const, checkpointOffset: 438 };
  expect(table([loading])[1]).toContain("  loading 43 %  ");
});

test("a wide screen has room for the age of a package", () => {
  const [titles, row] = table([completeRow], 140);
  expect(titles).toMatch(/ {2}claimed$/);
  expect(row).toMatch(/ {2}3 h ago$/);
});

test("a long error is wrapped, not cut", () => {
  const error = `${"many words ".repeat(20)}and the end`;
  const lines = table([{ ...failed, error }], 80);
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(error);
});

test("control characters of names and errors are shown, not sent to the terminal", () => {
  const evil = "\u001b[2J\r\u009b1m\u202etxt\n\u0007";
  const lines = table([{ ...failed, name: evil, error: evil }], 200);
  expect(lines.length).toBe(3);
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(lines[1]).toContain("\\u001b[2J\\u000d\\u009b1m\\u202etxt\\u000a\\u0007");
});

test("only the status and the errors have a colour, and only when there are colours", () => {
  const lines = table([completeRow, failed], 120, true);
  expect(lines[1]).toContain("\u001b[32mcomplete\u001b[39m  ");
  expect(lines[3]).toContain("\u001b[2m    the header");
  const plain = lines.map((line) => stripVTControlCharacters(line));
  expect(plain).toEqual(table([completeRow, failed]));
});
