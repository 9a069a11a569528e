// A daemon to be tested, as a folder of its own: a copy of the sources, changed or not, compiled for plain Node.js,
// which starts twice as fast as through a loader. The repository itself is not touched.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** A text in a file under src/ that is exchanged for another one. */
export interface Patch {
  readonly file: string;
  /** Must be there exactly once. */
  readonly text: string;
  readonly replacement: string;
}

export interface Build {
  /** To be run by node. */
  readonly entry: string;
  readonly dir: string;
  remove(): Promise<void>;
}

/** @throws if a patch does not apply, or what comes out does not compile */
export async function buildDaemon(patches: readonly Patch[] = []): Promise<Build> {
  const dir = await mkdtemp(join(tmpdir(), "downlink-build-"));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    await copySources(dir);
    for (const patch of patches) await applyPatch(dir, patch);
    await compile(dir, patches.length > 0);
    return { dir, entry: join(dir, "chaos/armed/armed-daemon.js"), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copySources(dir: string): Promise<void> {
  for (const path of ["src", "drizzle", "package.json", "tsconfig.json"]) {
    await cp(join(repository, path), join(dir, path), { recursive: true });
  }
  for (const path of ["chaos/armed", "test/support/armed-faults.ts"]) {
    await mkdir(join(dir, path, ".."), { recursive: true });
    await cp(join(repository, path), join(dir, path), { recursive: true });
  }
  await symlink(join(repository, "node_modules"), join(dir, "node_modules"));
}

async function applyPatch(dir: string, patch: Patch): Promise<void> {
  await writeFile(join(dir, "src", patch.file), await patched(patch, dir));
}

/** @returns the file with the text exchanged. @throws if the text is not there exactly once */
export async function patched(
  { file, text, replacement }: Patch,
  dir = repository,
): Promise<string> {
  const source = await readFile(join(dir, "src", file), "utf8");
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`the patch no longer applies: src/${file} must contain once: ${text}`);
  }
  return `${before}${replacement}${after}`;
}

/** @param isChecked whether types are looked at: the gate does that for sources that nobody has changed */
async function compile(dir: string, isChecked: boolean): Promise<void> {
  const config = {
    extends: "./tsconfig.json",
    compilerOptions: { noEmit: false, sourceMap: false, rootDir: ".", noCheck: !isChecked },
    include: ["src", "chaos"],
  };
  await writeFile(join(dir, "tsconfig.build.json"), JSON.stringify(config));
  const tsc = join(repository, "node_modules/.bin/tsc");
  await run(tsc, ["-p", "tsconfig.build.json"], { cwd: dir }).catch((error: unknown) => {
    const said = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    throw new Error(`the copy does not compile:\n${said}`, { cause: error });
  });
}
