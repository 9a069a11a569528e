// A failed package goes back into the inbox under its own name, whole, once, and over nothing.
import { link, mkdir, readdir, readFile, rename, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Folders } from "../../src/folders/folders.ts";
import { retryPackage } from "../../src/watcher/retry.ts";
import { makeFolders } from "./intake-folders.ts";

const row = { id: 7, name: "a.json", status: "failed" } as const;

/** Folders in which the file of the package lies in failed/. */
async function stage(keptAs = "7-a.json") {
  const folders = await makeFolders();
  await writeFile(join(folders.failed, keptAs), "bytes");
  return folders;
}

/** What lies in the two folders, hidden files too, by name. */
async function seen({ ingest, failed }: Folders) {
  const contents = async (folder: string) => {
    const names = (await readdir(folder)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return Object.fromEntries(names.map((name, at) => [name, texts[at]]));
  };
  return { ingest: await contents(ingest), failed: await contents(failed) };
}

test("the file lies in the inbox under its name, and nowhere else", async () => {
  const folders = await stage();
  const path = join(folders.ingest, "a.json");
  expect(await retryPackage(row, folders)).toEqual({ kind: "sent", path });
  expect(await seen(folders)).toEqual({ ingest: { "a.json": "bytes" }, failed: {} });
  expect((await stat(path)).nlink).toBe(1);
});

test("what lies in the inbox under that name is not overwritten, and the file is where it was", async () => {
  const folders = await stage();
  await writeFile(join(folders.ingest, "a.json"), "new");
  const path = join(folders.ingest, "a.json");
  expect(await retryPackage(row, folders)).toEqual({ kind: "name_taken", path });
  const after = { ingest: { "a.json": "new" }, failed: { "7-a.json": "bytes" } };
  expect(await seen(folders)).toEqual(after);
});

test.each([
  ["gone", async () => {}],
  ["a folder", (path: string) => mkdir(path)],
])("a file that is %s is told with its place", async (_, make) => {
  const folders = await makeFolders();
  const path = join(folders.failed, "7-a.json");
  await make(path);
  expect(await retryPackage(row, folders)).toEqual({ kind: "file_gone", path });
});

test.each(["processing", "complete", "duplicate"] as const)(
  "a package that is %s is left alone",
  async (status) => {
    const folders = await stage();
    expect(await retryPackage({ ...row, status }, folders)).toEqual({ kind: "not_failed", status });
    expect(await seen(folders)).toEqual({ ingest: {}, failed: { "7-a.json": "bytes" } });
  },
);

test("of several at once some send it, who comes behind them finds it gone, and it is there once", async () => {
  const folders = await stage();
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => retryPackage(row, folders)));
  const kinds = outcomes.map(({ kind }) => kind);
  expect(kinds).toContain("sent");
  expect(kinds.filter((kind) => kind !== "sent" && kind !== "file_gone")).toEqual([]);
  expect(await seen(folders)).toEqual({ ingest: { "a.json": "bytes" }, failed: {} });
});

test("one that was killed half way is finished by the next", async () => {
  const folders = await stage();
  const hidden = join(folders.ingest, ".retry-7");
  await rename(join(folders.failed, "7-a.json"), hidden);
  expect(await retryPackage(row, folders)).toMatchObject({ kind: "sent" });
  const after = { ingest: { "a.json": "bytes" }, failed: {} };
  expect(await seen(folders)).toEqual(after);
  await link(join(folders.ingest, "a.json"), hidden);
  expect(await retryPackage(row, folders)).toMatchObject({ kind: "sent" });
  expect(await seen(folders)).toEqual(after);
});

test("a second name that a killed one left does not stand in the way of the next failure", async () => {
  const folders = await stage();
  await link(join(folders.failed, "7-a.json"), join(folders.ingest, ".retry-7"));
  expect(await retryPackage(row, folders)).toMatchObject({ kind: "sent" });
  expect(await seen(folders)).toEqual({ ingest: { "a.json": "bytes" }, failed: {} });
});

test("a name that no file can have goes by the name under which it was kept", async () => {
  const name = "%FF".repeat(100);
  const keptAs = `7-${name}`.slice(0, 200);
  const folders = await stage(keptAs);
  const outcome = await retryPackage({ ...row, name }, folders);
  expect(outcome).toEqual({ kind: "sent", path: join(folders.ingest, keptAs) });
});

test("without an inbox the file stays where it is", async () => {
  const folders = await stage();
  await rmdir(folders.ingest);
  await expect(retryPackage(row, folders)).rejects.toThrow("ENOENT");
  expect(await readdir(folders.failed)).toEqual(["7-a.json"]);
});
