// What the screen can do decides how it is written to.
import { expect, test } from "vitest";
import { type OutputStream, type Screen, screenOf } from "../../src/cli/context.ts";

test.each<[string, OutputStream, Screen]>([
  ["a pipe or a file", {}, { columns: 120, hasColours: false }],
  [
    "a terminal",
    { isTTY: true, columns: 93, rows: 50, hasColors: () => true },
    { columns: 93, hasColours: true, rows: 50 },
  ],
  [
    "a terminal, NO_COLOR",
    { isTTY: true, columns: 80, hasColors: () => false },
    { columns: 80, hasColours: false, rows: 24 },
  ],
  [
    "a terminal that says 0",
    { isTTY: true, columns: 0, rows: 0 },
    { columns: 120, hasColours: false, rows: 24 },
  ],
])("%s", (_, stream, screen) => {
  expect(screenOf(stream)).toEqual(screen);
});
