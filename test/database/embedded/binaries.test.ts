// The programs from npm: found, repaired, tried. Broken packages are copies or made up; node_modules stays as it is.
import { chmod, copyFile, lstat, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Binaries,
  findBinaries,
  installedPackage,
  repairBinaries,
  whyUnusable,
} from "../../../src/database/embedded/binaries.ts";
import { startEmbeddedServer } from "../../../src/database/embedded/server.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../../support/temporary-folder.ts";
import { copyUnhydrated } from "./clusters.ts";

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await makeTemporaryFolder();
});
afterAll(() => folder.remove());

/** A copy without what the install script makes, and without an executable bit. */
async function unhydrated(): Promise<Binaries> {
  const to = join(folder.path, "package");
  await copyUnhydrated(to);
  const binaries = await findBinaries(to);
  await copyFile(binaries.postgres, `${binaries.postgres}.copy`);
  await rename(`${binaries.postgres}.copy`, binaries.postgres);
  await chmod(binaries.postgres, 0o644);
  return binaries;
}

/** A package whose `postgres` is `program`. */
async function madeUp(name: string, program: string): Promise<string> {
  const at = join(folder.path, name);
  await mkdir(join(at, "native", "bin"), { recursive: true });
  await writeFile(join(at, "package.json"), '{"version":"18.4.0"}');
  for (const file of ["postgres", "initdb"]) {
    await writeFile(join(at, "native", "bin", file), program, { mode: 0o755 });
  }
  return at;
}

test("missing links and executable bits are made: npm 12 and --ignore-scripts leave them out", async () => {
  const binaries = await unhydrated();
  expect(await whyUnusable(binaries, undefined)).toMatch(/EACCES/);
  await chmod(binaries.postgres, 0o755);
  expect(await whyUnusable(binaries, undefined)).toMatch(/shared|Library/);
  await chmod(binaries.postgres, 0o644);
  await Promise.all([repairBinaries(binaries), repairBinaries(binaries)]); // Two daemons at once.
  expect(await whyUnusable(binaries, undefined)).toBe(undefined);
  const [link] = JSON.parse(await readFile(join(binaries.nativeDir, "pg-symlinks.json"), "utf8"));
  const target = join(binaries.nativeDir, "..", link.target);
  expect((await lstat(target)).isSymbolicLink()).toBe(true);
  expect((await stat(target)).ino).toBe(
    (await stat(join(binaries.nativeDir, "..", link.source))).ino,
  );
});

test("a platform without a package is refused, and told of DATABASE_URL", () => {
  expect(() => installedPackage("linux", "riscv64")).toThrow(
    expect.objectContaining({
      code: "E_SETUP",
      message: expect.stringMatching(/linux-riscv64.*DATABASE_URL/),
    }),
  );
});

test.each([
  ["the loader of glibc is not there, as on Alpine", "#!/lib/no-such-loader\n"],
  ["a library is wrong", "#!/bin/sh\necho 'symbol not found'; exit 127\n"],
])("programs that do not run here are refused: %s", async (name, program) => {
  const packageDir = await madeUp(name.slice(0, 5).trim(), program);
  const dir = join(folder.path, "data", "postgres");
  const start = startEmbeddedServer({ dir, preferredPort: 0, packageDir });
  await expect(start).rejects.toMatchObject({
    code: "E_SETUP",
    message: expect.stringMatching(/glibc.*Alpine.*DATABASE_URL/),
  });
});
