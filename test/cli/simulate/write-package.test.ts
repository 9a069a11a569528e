// A package appears whole or not at all, and nothing half is left behind.
import { readdirSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePackage } from "../../../src/cli/simulate/write-package.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../../support/temporary-folder.ts";

let root: TemporaryFolder;
let count = 0;
beforeAll(async () => {
  root = await makeTemporaryFolder();
});
afterAll(() => root.remove());

async function makeFolder(): Promise<string> {
  const folder = join(root.path, String(count++));
  await mkdir(folder);
  return folder;
}

test("while it is written it has the name with .part, afterwards its own", async () => {
  const folder = await makeFolder();
  const path = join(folder, "a.ndjson");
  const seen: string[] = [];
  function* chunks() {
    yield Buffer.from("one ");
    seen.push(...readdirSync(folder));
    yield Buffer.from("two");
  }
  await writePackage(path, chunks());
  expect(seen).toEqual(["a.ndjson.part"]);
  expect(await readdir(folder)).toEqual(["a.ndjson"]);
  expect(await readFile(path, "utf8")).toBe("one two");
});

test("a file of that name gives way only when the new one is whole", async () => {
  const path = join(await makeFolder(), "a.ndjson");
  await writeFile(path, "old");
  function* failing() {
    yield Buffer.from("new");
    throw new Error("no more");
  }
  await expect(writePackage(path, failing())).rejects.toThrow("no more");
  expect(await readFile(path, "utf8")).toBe("old");
  await writePackage(path, [Buffer.from("new")]);
  expect(await readFile(path, "utf8")).toBe("new");
});

test("an interruption ends it between two chunks and removes what was written", async () => {
  const folder = await makeFolder();
  const interruption = new AbortController();
  let made = 0;
  function* endless() {
    for (;;) {
      if (++made === 3) interruption.abort(new Error("interrupted"));
      yield Buffer.from("more");
    }
  }
  const writing = writePackage(join(folder, "a"), endless(), interruption.signal);
  await expect(writing).rejects.toThrow("interrupted");
  expect(made).toBe(3);
  expect(await readdir(folder)).toEqual([]);
});

test("a .part that another one writes is left alone", async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, "a.part"), "theirs");
  await expect(writePackage(join(folder, "a"), [])).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(join(folder, "a.part"), "utf8")).toBe("theirs");
});

test("when the rename fails nothing is left", async () => {
  const folder = await makeFolder();
  await mkdir(join(folder, "a", "full"), { recursive: true });
  await expect(writePackage(join(folder, "a"), [Buffer.from("x")])).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["a"]);
});
