// Text from outside is shown as it is, but for what a screen would hide, act upon or turn around.
import fc from "fast-check";
import { expect, test } from "vitest";
import { shownText, textRuns } from "../../web/src/format/raw-text.ts";

test.each([
  ["plain é 漢 🛰", "plain é 漢 🛰"],
  ["<img src=x>", "<img src=x>"],
  ["a\u202Eb", "a⟨202E⟩b"],
  ["\u0000\u001b[31m", "␀⟨001B⟩[31m"],
  ["\u200b\ufeff", "⟨200B⟩⟨FEFF⟩"],
  ["half \ud83d", "half ⟨D83D⟩"],
])("%j is shown as %j", (text, shown) => {
  expect(shownText(text)).toBe(shown);
});

test("what is shown directs nothing and hides nothing, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = [...shownText(text)].map((character) => character.codePointAt(0) ?? 0);
      const isUnseen = (code: number): boolean =>
        (code < 32 && code !== 9) ||
        (code >= 0x200b && code <= 0x200f) ||
        (code >= 0x202a && code <= 0x202e);
      expect(shown.filter(isUnseen)).toEqual([]);
      expect(
        textRuns(text)
          .map((run) => run.text)
          .join(""),
      ).toBe(shownText(text));
    }),
  );
});

test("runs cut the text where something is named, and lose nothing of the rest", () => {
  expect(textRuns("a\u202Eb")).toEqual([
    { text: "a", isControl: false },
    { text: "⟨202E⟩", isControl: true },
    { text: "b", isControl: false },
  ]);
});
