// The folders at start: made and tried, or refused with a sentence that says which and why.
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { SetupError } from "../../src/errors.ts";
import { prepareFolders } from "../../src/folders/folders.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { isRoot, unprivileged } from "./unprivileged.ts";

let dir: string;
let files: string;

beforeEach(async () => {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  dir = folder.path;
  files = join(dir, "files");
});

const prepare = (data = ".data") => prepareFolders(files, join(dir, data));

/** The message of the refusal, in one line. */
async function refusal(preparing = prepare()): Promise<string> {
  const error: unknown = await preparing.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof SetupError)) throw new Error(`no refusal: ${error}`);
  expect(error.message).not.toContain("\n");
  return error.message;
}

describe("made at start", () => {
  test("inbox, processing/ and failed/ with mode 0750; archive/ only when it is needed", async () => {
    const before = process.umask(0);
    const folders = await prepare().finally(() => process.umask(before));
    expect((await readdir(files)).sort()).toEqual(["failed", "ingest", "processing"]);
    for (const path of [files, folders.ingest, folders.processing, folders.failed]) {
      expect((await stat(path)).mode & 0o777).toBe(0o750);
    }
    expect(await readdir(folders.ingest)).toEqual([]);
    expect(await readdir(folders.failed)).toEqual([]);
    expect(await readdir(folders.processing)).toEqual([".folder-id"]);
  });

  test("and once only: what lies there stays as it is", async () => {
    const first = await prepare();
    await writeFile(join(first.ingest, "x"), "");
    await chmod(first.ingest, 0o777);
    expect(await prepare()).toEqual(first);
    expect(await readdir(first.ingest)).toEqual(["x"]);
    expect((await stat(first.ingest)).mode & 0o777).toBe(0o777);
  });
});

describe("the folder id", () => {
  test("is the same for two that start at once, and later", async () => {
    const started = await Promise.all(Array.from({ length: 8 }, () => prepare()));
    const ids = new Set(started.map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect([...ids][0]).toMatch(/^[0-9a-f-]{36}$/);
    expect((await prepare()).id).toBe([...ids][0]);
  });

  test("is another one in another folder", async () => {
    const [here, there] = [await prepare(), await prepareFolders(join(dir, "other"), dir)];
    expect(here.id).not.toBe(there.id);
  });
});

describe("refused, naming the folder", () => {
  test("a parent that is missing", async () => {
    files = join(dir, "missing", "files");
    expect(await refusal()).toMatch(/missing\/files is missing: make its parent folder/);
  });

  test.each(["ingest", "processing", "failed"])("a file in the place of %s/", async (name) => {
    await mkdir(files);
    await writeFile(join(files, name), "");
    expect(await refusal()).toContain(join(files, name));
  });

  test("processing/ that is a link, also to a folder on the same file system", async () => {
    await mkdir(files);
    await mkdir(join(dir, "elsewhere"));
    await symlink(join(dir, "elsewhere"), join(files, "processing"));
    expect(await refusal()).toBe(
      `${join(files, "processing")} must be a folder, not a link or a file: remove it`,
    );
    expect(await readdir(join(dir, "elsewhere"))).toEqual([]);
  });

  test.each(["ingest", "processing", "failed", "archive"])(
    "a data folder that is %s/ or lies in it",
    async (name) => {
      for (const data of [`files/${name}`, `files/${name}/deep/er`]) {
        expect(await refusal(prepare(data))).toMatch(
          new RegExp(`^DOWNLINK_DATA_DIR got .*${data}, takes a folder outside .*/${name}:`),
        );
      }
    },
  );

  test("a data folder beside them is none of that", async () => {
    await prepare("files/ingested");
    await prepare("files/.data");
  });

  test.each(["ingest", "processing", "failed"])("%s/ without the right to write", async (name) => {
    await prepare();
    for (const path of [
      files,
      join(files, "ingest"),
      join(files, "processing"),
      join(files, "failed"),
    ])
      await chmod(path, 0o777);
    await chmod(join(files, name), 0o555);
    await unprivileged(async () => {
      expect(await refusal()).toMatch(
        new RegExp(
          `files/${name} cannot be written by uid ${process.geteuid?.()}: give it the right$`,
        ),
      );
    });
    await chmod(join(files, name), 0o755);
    for (const left of ["ingest", "failed"]) {
      expect(await readdir(join(files, left))).toEqual([]);
    }
  });
});

describe.runIf(isRoot)("refused, by a mount", () => {
  test.each(["ingest", "processing", "failed", "archive"])(
    "F35: %s/ on another file system",
    async (name) => {
      await mkdir(join(files, name), { recursive: true });
      mount(join(files, name));
      expect(await refusal()).toMatch(/must be on one file system: a claim is a rename/);
      for (const folder of ["ingest", "processing", "failed"]) {
        const names = await readdir(join(files, folder)).catch(() => []);
        expect(names.filter((left) => left.startsWith(".downlink-trial"))).toEqual([]);
      }
    },
  );

  test("F15: a read-only file system", async () => {
    await mkdir(files);
    mount(files, "ro");
    expect(await refusal()).toMatch(/files\/ingest is on a read-only file system$/);
  });
});

function mount(path: string, options = "rw"): void {
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", `size=1m,${options}`, "none", path]);
  onTestFinished(() => void execFileSync("/bin/umount", [path]));
}
