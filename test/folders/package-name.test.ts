// Names of packages: which are left alone, how they are shown, and under which name a file is kept.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLeftAlone, keptName, packageName, pathOf } from "../../src/folders/package-name.ts";

const named = (text: string) => packageName(Buffer.from(text));

describe("left alone", () => {
  test.each([
    ".x",
    ".",
    "..",
    ".gitkeep",
    "x.part",
    ".part",
    "x.json.tmp",
    "x.filepart",
    "x.swp",
    "x~",
    "~",
  ])("%s", (name) => expect(isLeftAlone(named(name))).toBe(true));

  test.each([
    "x",
    "x.json",
    "part",
    "x.parts",
    "x.PART",
    "x.part.json",
    "~x",
    "x.part\n",
    "tmp",
    "x.",
  ])("but not %j", (name) => expect(isLeftAlone(named(name))).toBe(false));

  test("a name that is no UTF-8 goes by the same endings", () => {
    expect(isLeftAlone(packageName(Buffer.from([0xff, ...Buffer.from(".part")])))).toBe(true);
    expect(isLeftAlone(packageName(Buffer.from([0x2e, 0xff])))).toBe(true);
    expect(isLeftAlone(packageName(Buffer.from([0xff])))).toBe(false);
  });
});

describe("the text of a name", () => {
  test("is the name itself if that is UTF-8, whatever is in it", () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(text, (name) => {
        expect(named(name).text).toBe(name);
      }),
    );
  });

  test.each<[string, readonly number[]]>([
    ["%FF", [0xff]],
    ["a%C3", [0x61, 0xc3]], // Half a character at the end.
    ["%C3a", [0xc3, 0x61]],
    ["%ED%A0%80", [0xed, 0xa0, 0x80]], // Half a surrogate pair.
    ["%C0%80", [0xc0, 0x80]], // NUL in two bytes.
    ["%F4%90%80%80", [0xf4, 0x90, 0x80, 0x80]], // Beyond the last character.
    ["é%0F%80".replace("%0F", "\x0f"), [0xc3, 0xa9, 0x0f, 0x80]],
    ["\ufffd%FE€", [0xef, 0xbf, 0xbd, 0xfe, 0xe2, 0x82, 0xac]], // A valid U+FFFD stays.
  ])("has each byte that is no UTF-8 percent-escaped: %s", (text, bytes) => {
    expect(packageName(Buffer.from(bytes)).text).toBe(text);
  });

  test("is UTF-8 for any bytes, and the bytes stay as they are", () => {
    const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 255 });
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const name = packageName(Buffer.from(bytes));
        expect(name.text.isWellFormed()).toBe(true);
        expect(name.bytes.equals(bytes)).toBe(true);
        expect(Buffer.from(unescaped(name.text, bytes)).equals(bytes)).toBe(true);
      }),
    );
  });
});

describe("the kept name", () => {
  test("is id, dash and name", () => {
    expect(keptName(7, named("x.json"))).toBe("7-x.json");
    expect(keptName(7, packageName(Buffer.from([0xff])))).toBe("7-%FF");
  });

  test.each([
    ["199 bytes stay", `x${"a".repeat(196)}`, 199],
    ["200 bytes stay", `x${"a".repeat(197)}`, 200],
    ["201 bytes are cut to 200", `x${"a".repeat(198)}`, 200],
    ["a character of two bytes is not cut in half", "é".repeat(127), 200],
    ["one of three neither", `${"€".repeat(85)}`, 200],
    ["one of four neither", `${"😀".repeat(63)}`, 198],
  ])("%s", (_, name, bytes) => {
    expect(Buffer.byteLength(keptName(7, named(name)))).toBe(bytes);
  });

  test("is at most 200 bytes of UTF-8 for any name, begins with the id and is no path", () => {
    const inFolder = fc
      .uint8Array({ minLength: 1, maxLength: 255 })
      .filter((bytes) => !bytes.includes(0x2f) && !bytes.includes(0));
    fc.assert(
      fc.property(inFolder, fc.integer({ min: 1, max: 2 ** 53 - 1 }), (bytes, id) => {
        const kept = keptName(id, packageName(Buffer.from(bytes)));
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(200);
        expect(kept.isWellFormed() && !kept.includes("\ufffd\ufffd\ufffd")).toBe(true);
        expect(kept.startsWith(`${id}-`)).toBe(true);
        expect(kept).not.toContain("/");
        const whole = `${id}-${packageName(Buffer.from(bytes)).text}`;
        expect(whole.startsWith(kept)).toBe(true);
      }),
    );
  });
});

test("a path holds the bytes of the name, not its text", () => {
  const path = pathOf("/inbox", packageName(Buffer.from([0xff, 0x61])));
  expect(path).toEqual(Buffer.from([...Buffer.from("/inbox/"), 0xff, 0x61]));
});

/** Escapes taken back where the bytes have no percent sign at that place. */
function unescaped(text: string, bytes: Uint8Array): number[] {
  const out: number[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === "%" && bytes[out.length] !== 0x25) {
      out.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 3;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      out.push(...Buffer.from(character));
      at += character.length;
    }
  }
  return out;
}
