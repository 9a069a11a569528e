// Folders for a test of intake, what an earlier life left in them, and what is in them.

import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Folders, prepareFolders } from "../../src/folders/folders.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

/** Resolves when the condition holds; fails with what it then gives when it does not in time. */
export const soon = { timeout: 10_000, interval: 10 };

/** Folders of their own for one test. */
export async function makeFolders(): Promise<Folders> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  return prepareFolders(join(folder.path, "files"), join(folder.path, "data"));
}

/** Puts a file where an earlier life has left it. */
export async function leave(
  { processing }: Folders,
  id: number,
  bytes: string,
  name = "left.json",
): Promise<string> {
  const folder = join(processing, String(id));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

export async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith(".")).sort();
}

/** Nothing of a package is left in the folders but what was put aside. */
export async function expectEmpty(folders: Folders): Promise<void> {
  await expect.poll(() => namesIn(folders.processing), soon).toEqual([]);
  expect(await namesIn(folders.ingest)).toEqual([]);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The content of each file in failed/, by name. */
export async function failedFiles({ failed }: Folders): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await namesIn(failed))
    found[name] = await readFile(join(failed, name), "utf8");
  return found;
}

/** Something that is held until the test lets it go. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
