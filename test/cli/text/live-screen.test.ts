// What a terminal shows after lines were drawn over each other, and what a pipe gets.
import { expect, test } from "vitest";
import { LiveScreen } from "../../../src/cli/text/live-screen.ts";

const controls = "\u001b[";

/** A terminal that knows what the live screen uses of it. @returns its lines */
function shown(written: string): string[] {
  const lines = [""];
  let row = 0;
  for (let at = 0; at < written.length; ) {
    const rest = written.slice(at);
    const control = rest.startsWith(controls) ? /^\??(\d*)([A-Za-z])/.exec(rest.slice(2)) : null;
    const [all = "", count = "", letter = ""] = control ?? [];
    if (letter === "A") row -= Number(count);
    else if (letter === "J") lines.splice(row, lines.length, "");
    else if (rest.startsWith("\n")) lines[++row] ??= "";
    else if (letter === "" && !rest.startsWith("\r")) lines[row] += rest.charAt(0);
    at += letter === "" ? 1 : controls.length + all.length;
  }
  return lines;
}

function stage(isTerminal: boolean) {
  let written = "";
  const write = (text: string): void => {
    written += text;
  };
  const screen = new LiveScreen({ write, isTerminal });
  return { screen, lines: () => shown(written), written: () => written };
}

test("what is drawn takes the place of what was drawn, and what is kept stays above it", () => {
  const { screen, lines } = stage(true);
  screen.draw(["a 1", "b 1", "c 1"]);
  screen.draw(["a 2"]);
  screen.keep(["a is done"]);
  expect(lines()).toEqual(["a is done", "a 2", ""]);
  screen.keep(["b is done"]);
  screen.draw(["c 3", "d 3"]);
  screen.end();
  expect(lines()).toEqual(["a is done", "b is done", "c 3", "d 3", ""]);
});

test("the cursor is there again at the end", () => {
  const { screen, written } = stage(true);
  screen.end();
  expect(written()).toBe("\u001b[?25l\u001b[?25h");
});

test("a pipe gets what stays, and nothing that moves a cursor", () => {
  const { screen, written } = stage(false);
  screen.draw(["a 1"]);
  screen.keep(["a is done"]);
  screen.draw([]);
  screen.end();
  expect(written()).toBe("a is done\n");
});
