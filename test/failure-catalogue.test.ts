// docs/failure-catalogue.md holds: every number is there once, with a test that exists or a sentence why there is none.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

interface Row {
  readonly numbers: readonly string[];
  readonly tests: readonly { readonly path: string; readonly name: string }[];
  readonly sentence: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));
let rows: Row[];

/** A number, or those from one to another. */
function* expanded(text: string): Iterable<string> {
  for (const part of text.split(", ")) {
    const [first = "", last = first] = part.split(" to ");
    for (let n = Number(first.slice(1)); n <= Number(last.slice(1)); n++) yield `${first[0]}${n}`;
  }
}

function rowOf(line: string): Row {
  const [, numbers = "", , shownBy = ""] = line.split(" | ").join("|").split("|");
  const reference = /`(test\/[^`]*)` "(.*?)"(?:<br>|$)/g;
  const tests = [...shownBy.trim().matchAll(reference)].map(([, path = "", name = ""]) => {
    return { path, name };
  });
  const sentence = shownBy.trim().replace(reference, "");
  return { numbers: [...expanded(numbers.trim())], tests, sentence };
}

beforeAll(async () => {
  const page = await readFile(`${root}docs/failure-catalogue.md`, "utf8");
  rows = page.split("\n").flatMap((line) => (/^\| [FCDPS]\d/.test(line) ? [rowOf(line)] : []));
});

/** The highest number of each table, and those that the rules of packages leave out. */
const tables = { F: 37, C: 40, D: 29, P: 32, S: 23 };
const leftOut = ["C14", "P25", "S7"];

test("every number is there, once", () => {
  const all = Object.entries(tables).flatMap(([letter, last]) =>
    Array.from({ length: last }, (_, at) => `${letter}${at + 1}`),
  );
  const wanted = all.filter((number) => !leftOut.includes(number));
  const found = rows.flatMap(({ numbers }) => numbers);
  expect(found.toSorted()).toEqual(wanted.toSorted());
});

test("every row has the name of its test, or a sentence why not", () => {
  const without = rows.filter(({ tests, sentence }) => tests.length === 0 && sentence === "");
  expect(without).toEqual([]);
  for (const { sentence } of rows) expect(sentence).toMatch(/^$|^[A-Z].*\.$/);
});

/** The code of a source, without comments at the beginning of a line; quotes as they are in a title. */
async function codeOf(path: string): Promise<string> {
  const text = await readFile(`${root}${path}`, "utf8").catch(() => "");
  return text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "").replaceAll('\\"', '"');
}

test("every test that is named exists", async () => {
  const missing: string[] = [];
  for (const { path, name } of rows.flatMap(({ tests }) => tests)) {
    if (!(await codeOf(path)).includes(name)) missing.push(`${path} "${name}"`);
  }
  expect(missing).toEqual([]);
});
