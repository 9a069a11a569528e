// What the screen can do decides how it is written to.
import { expect, test } from "vitest";
import { screenOf } from "../../src/cli/context.ts";

test.each([
  ["a pipe or a file", {}, { columns: 120, hasColours: false }],
  [
    "a terminal",
    { isTTY: true, columns: 93, hasColors: () => true },
    { columns: 93, hasColours: true },
  ],
  [
    "a terminal, NO_COLOR",
    { isTTY: true, columns: 80, hasColors: () => false },
    { columns: 80, hasColours: false },
  ],
  ["a terminal that says 0", { isTTY: true, columns: 0 }, { columns: 120, hasColours: false }],
])("%s", (_, stream, screen) => {
  expect(screenOf(stream)).toEqual(screen);
});
