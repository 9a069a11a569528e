// The command `simulate`: a plausible package for the inbox or a file. What is in it is made in simulate/.
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { isErrno, look } from "../folders/file-identity.ts";
import { satelliteTypes } from "../satellites/index.ts";
import type { Context } from "./context.ts";
import { CommandError } from "./failure.ts";
import { interruptible } from "./interruptible.ts";
import { share, wholeNumber } from "./option-values.ts";
import {
  badLineCount,
  type PackageOptions,
  packageChunks,
  packageFileName,
} from "./simulate/package.ts";
import { writePackage } from "./simulate/write-package.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly satellite: string;
  readonly lines: number;
  readonly seed: number;
  readonly bad: number;
  readonly out?: string;
  readonly json?: true;
}

/** The column `line` of the database holds no more. */
const mostLines = 2_000_000_000;

const examples = `
The readings are those of a low earth orbit, one every 0.1 s. The same options
make the same bytes, so that a second package with them is a duplicate: choose
another seed. The file is written as <name>.part and renamed when it is whole.

Examples:
  $ npx downlink simulate --satellite jackal_mk1 --lines 1000
  $ npx downlink simulate --satellite jackal_mk2 --lines 100000 --seed 7 --bad 0.01
  $ npx downlink simulate --satellite jackal_mk1 --lines 10 --out small.ndjson`;

export function addSimulate(program: Command, context: Context): void {
  const satellite = new Option("--satellite <type>", "satellite type")
    .choices([...satelliteTypes.keys()])
    .makeOptionMandatory();
  program
    .command("simulate")
    .summary("write a plausible package into the inbox")
    .description("Writes a plausible telemetry package into the inbox, or into a file.")
    .addOption(satellite)
    .requiredOption("--lines <n>", "lines behind the header", wholeNumber(0, mostLines))
    .option("--seed <n>", "which package", wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option("--bad <share>", "share of bad lines, 0 to 1, of every kind", share, 0)
    .option("--out <file>", "write this file instead of one in the inbox")
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((options: Options) => simulate(options, context));
}

async function simulate(options: Options, { config, print }: Context): Promise<void> {
  const { satellite, lines, seed, bad: badShare, out } = options;
  const satelliteType = satelliteTypes.get(satellite);
  if (satelliteType === undefined) throw new CommandError(`unknown satellite type ${satellite}`);
  const wanted = { satelliteType, lines, seed, badShare };
  const path = out === undefined ? await placeInInbox(config().filesDir, wanted) : resolve(out);
  await refuseUnlessFile(path);
  await interruptible((signal) => write(path, wanted, signal));
  const badCount = badLineCount(wanted);
  if (options.json) return print(jsonObject({ path, good: lines - badCount, bad: badCount }));
  print(path);
  if (badCount > 0) print(`${lines - badCount} good and ${badCount} bad lines`);
}

async function write(path: string, wanted: PackageOptions, signal: AbortSignal): Promise<void> {
  try {
    await writePackage(path, packageChunks(wanted), signal);
  } catch (error) {
    if (signal.aborted) throw new CommandError("interrupted, nothing was left behind");
    throw writeError(path, error);
  }
}

function writeError(path: string, cause: unknown): unknown {
  if (isErrno(cause, "EEXIST")) {
    const text = `${path}.part is there: another simulate is writing it, or one was killed; then remove it`;
    return new CommandError(text, { cause });
  }
  if (isErrno(cause, "ENOENT", "ENOTDIR")) {
    return new CommandError(`there is no folder ${dirname(path)}: make it first`, { cause });
  }
  if (!(cause instanceof Error && "syscall" in cause)) return cause;
  return new CommandError(`cannot write ${path}: ${cause.message}`, { cause });
}

async function placeInInbox(filesDir: string, wanted: PackageOptions): Promise<string> {
  const inbox = resolve(filesDir, "ingest");
  if (!(await isFolder(inbox))) {
    throw new CommandError(
      `there is no inbox ${inbox}: start the daemon once (npm start), set DOWNLINK_FILES_DIR, or name a file with --out`,
    );
  }
  return join(inbox, packageFileName(wanted));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** A rename would put a file in the place of a link or a device; a folder would stop it only after all is written. */
async function refuseUnlessFile(path: string): Promise<void> {
  if ((await look(path)).kind !== "other") return;
  throw new CommandError(`${path} is there and is not a file: choose another name`);
}
