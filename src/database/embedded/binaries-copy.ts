// A copy of the programs beside the cluster, for when those in node_modules cannot be used: under a folder that only
// root may enter, or without their links in an image that was installed by another user. About 60 MB and a second, once
// for each version. Copies of earlier versions are left: a server may still run from them.
import { chmod, cp, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Binaries, binariesIn, repairBinaries } from "./binaries.ts";
import { hasCode } from "./file-errors.ts";

/** A copy of `binaries` inside `home`, made if it is missing. Made beside and renamed: a half copy is never used. */
export async function copyBinaries(binaries: Binaries, home: string): Promise<Binaries> {
  const to = join(home, `binaries-${binaries.version}`);
  const copy = binariesIn(to, binaries.version);
  if (await exists(copy.postgres)) return copy;
  const temporary = await mkdtemp(join(home, ".binaries-"));
  try {
    await cp(binaries.nativeDir, temporary, { recursive: true, verbatimSymlinks: true });
    await makeReadable(temporary);
    await repairBinaries(binariesIn(temporary, binaries.version));
    await rename(temporary, to);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY", "EEXIST")) throw error; // Another daemon was first.
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return copy;
}

/** A umask of 077 at installation gives modes that nobody but root can use. Nothing in here is a secret. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile())
      await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
