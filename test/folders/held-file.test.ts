// A file that is held open by several: it is closed by the last one, and told of when its path is gone.
import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HeldFile, mostKeptBytes } from "../../src/folders/held-file.ts";
import { sha256Of, sha256OfHeld } from "../../src/folders/sha256.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

const never = new AbortController().signal;
let folder: TemporaryFolder;
let path: string;

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  path = join(folder.path, "x");
});

afterEach(() => folder.remove());

async function hold(bytes: string | Buffer): Promise<HeldFile> {
  await writeFile(path, bytes);
  return new HeldFile(await open(path));
}

async function readAll(file: HeldFile, length: number): Promise<string> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, 0);
  return bytes.toString("latin1", 0, bytesRead);
}

test("the last one to let go closes it, and nobody holds it afterwards", async () => {
  const file = await hold("abc");
  expect(file.hold()).toBe(true);
  await file.release();
  expect(await readAll(file, 3)).toBe("abc");
  await file.release();
  expect(file.hold()).toBe(false);
  await expect(readAll(file, 3)).rejects.toThrow();
});

test("a file whose path is gone is still read and told of", async () => {
  const file = await hold("abc");
  const before = file.fingerprint();
  await rm(path);
  expect(file.fingerprint()).toEqual(before);
  expect(await readAll(file, 3)).toBe("abc");
  await file.release();
});

describe("hashing", () => {
  test("keeps the bytes of a small file: what is read afterwards is what was hashed", async () => {
    const file = await hold("abc");
    const sha256 = await sha256OfHeld(file, 3, never);
    await writeFile(path, "xyz");
    expect(file.isKept).toBe(true);
    expect(await readAll(file, 10)).toBe("abc");
    const into = Buffer.from("....");
    expect(await file.read(into, 1, 2, 1)).toEqual({ bytesRead: 2 });
    expect(into.toString()).toBe(".bc.");
    const again = await hold("abc");
    expect(await sha256Of(again)).toBe(sha256);
    await Promise.all([file.release(), again.release()]);
  });

  test("keeps nothing of a large one", async () => {
    const bytes = Buffer.alloc(mostKeptBytes + 1, "a");
    const file = await hold(bytes);
    expect(await sha256OfHeld(file, bytes.length, never)).toBe(await sha256Of(file));
    expect(file.isKept).toBe(false);
    await file.release();
  });

  test("ends where a file ends that has become shorter", async () => {
    const file = await hold("abc");
    expect(await sha256OfHeld(file, 100, never)).toBe(await sha256Of(file));
    await file.release();
  });
});
