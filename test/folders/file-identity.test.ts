// What lies at a path, on a real file system. Nothing is followed, and nothing waits.
import { execFileSync } from "node:child_process";
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  type Fingerprint,
  isErrno,
  isSameFile,
  isSystemError,
  isUnchanged,
  look,
  openRegular,
} from "../../src/folders/file-identity.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { unprivileged } from "./unprivileged.ts";

let folder: TemporaryFolder;
let path: string;

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  path = join(folder.path, "x");
});
afterEach(() => folder.remove());

async function fingerprintOf(at: string): Promise<Fingerprint> {
  const found = await look(at);
  if (found.kind !== "file") throw new Error(found.kind);
  return found.fingerprint;
}

const descriptors = async (): Promise<number> => (await readdir("/proc/self/fd")).length;

/** How each thing that is no regular file is made at `path`. */
const others: [string, () => Promise<unknown>][] = [
  ["folder", () => mkdir(path)],
  ["link to a file", () => symlink("/etc/hostname", path)],
  ["link to nothing", () => symlink("nowhere", path)],
  ["link to itself", () => symlink("x", path)],
  ["FIFO", async () => execFileSync("mkfifo", [path])],
  [
    "socket",
    async () => {
      const server = createServer().listen(path);
      onTestFinished(() => void server.close());
      await new Promise((resolve) => server.once("listening", resolve));
    },
  ],
];

describe("no regular file", () => {
  test.each(others)("%s: neither looked through nor opened", async (_, make) => {
    await make();
    expect(await look(path)).toEqual({ kind: "other" });
    expect(await openRegular(path)).toEqual({ kind: "other" });
  });

  test("a device is not opened", async () => {
    expect(await look("/dev/null")).toEqual({ kind: "other" });
    expect(await openRegular("/dev/null")).toEqual({ kind: "other" });
  });

  test("ten FIFOs without a writer hold up no file: libuv has four threads", async () => {
    execFileSync("mkfifo", [path]);
    const opened = await Promise.all(Array.from({ length: 10 }, () => openRegular(path)));
    expect(opened).toEqual(Array.from({ length: 10 }, () => ({ kind: "other" })));
    await writeFile(join(folder.path, "y"), "");
    expect((await look(join(folder.path, "y"))).kind).toBe("file");
  });

  test("leaves no descriptor open", async () => {
    await mkdir(path);
    const before = await descriptors();
    for (let at = 0; at < 20; at++) await openRegular(path);
    expect(await descriptors()).toBe(before);
  });
});

test("gone: nothing there, below a file, or with a name too long to be there", async () => {
  expect(await look(path)).toEqual({ kind: "gone" });
  expect(await openRegular(path)).toEqual({ kind: "gone" });
  await writeFile(path, "");
  expect(await look(join(path, "y"))).toEqual({ kind: "gone" });
  expect(await openRegular(join(path, "y"))).toEqual({ kind: "gone" });
  expect(await look(join(folder.path, "n".repeat(256)))).toEqual({ kind: "gone" });
});

test("a regular file is opened for reading, with its fingerprint", async () => {
  await writeFile(path, "12345");
  const opened = await openRegular(Buffer.from(path));
  if (opened.kind !== "file") throw new Error(opened.kind);
  try {
    expect(await opened.handle.readFile("utf8")).toBe("12345");
    expect(opened.fingerprint).toEqual(await fingerprintOf(path));
    expect(opened.fingerprint.sizeBytes).toBe(5n);
  } finally {
    await opened.handle.close();
  }
});

test("what may not be read is an error with its code, and neither gone nor something else", async () => {
  await writeFile(path, "");
  await chmod(path, 0o000);
  await unprivileged(async () => {
    await expect(openRegular(path)).rejects.toMatchObject({ code: "EACCES" });
    expect((await look(path)).kind).toBe("file");
  });
});

describe("the same file", () => {
  test("stays the same and unchanged by a rename", async () => {
    await writeFile(path, "");
    const before = await fingerprintOf(path);
    await rename(path, `${path}2`);
    expect(isUnchanged(before, await fingerprintOf(`${path}2`))).toBe(true);
  });

  test("is changed by more bytes, and by another time alone", async () => {
    await writeFile(path, "");
    const before = await fingerprintOf(path);
    await appendFile(path, "1");
    const grown = await fingerprintOf(path);
    expect([isSameFile(before, grown), isUnchanged(before, grown)]).toEqual([true, false]);
    await utimes(path, 1, 1);
    expect(isUnchanged(grown, await fingerprintOf(path))).toBe(false);
  });

  test("is another one under the same name, with the same size and time", async () => {
    await writeFile(path, "1");
    await writeFile(`${path}2`, "2");
    for (const at of [path, `${path}2`]) await utimes(at, 1, 1);
    const before = await fingerprintOf(path);
    await rename(`${path}2`, path);
    const after = await fingerprintOf(path);
    expect([isSameFile(before, after), isUnchanged(before, after)]).toEqual([false, false]);
  });
});

test("errors of the system are told from others", async () => {
  const error: unknown = await rm(path).catch((caught: unknown) => caught);
  expect([isErrno(error, "EIO", "ENOENT"), isErrno(error, "EIO")]).toEqual([true, false]);
  expect(isSystemError(error)).toBe(true);
  expect(isErrno(new Error("ENOENT"), "ENOENT")).toBe(false);
  expect(isSystemError(Object.assign(new Error("sql"), { code: "23505" }))).toBe(false);
});
