// The command `check`: what would become of a package, before it is dropped. Needs no daemon and writes nothing.
import type { Command } from "commander";
import { isSystemError } from "../folders/file-identity.ts";
import { checkRecord } from "./check/check-json.ts";
import {
  type CheckedPackage,
  type CheckLimits,
  checkPackage,
  type NoPackage,
} from "./check/check-package.ts";
import { checkLines } from "./check/check-text.ts";
import { askForBytes } from "./check/known-bytes.ts";
import type { Context } from "./context.ts";
import { wholeNumber } from "./option-values.ts";
import { countedText } from "./text/figures.ts";
import { jsonArray } from "./text/json.ts";

interface Options {
  readonly json?: true;
  readonly rejects: number;
}

const examples = `
Reads each file as the daemon would and says what would become of it. Only what
the database itself may refuse is not known beforehand. Whether the bytes are
known already is looked up if the database can be reached.

The exit code is 1 if a package would be refused or a line rejected.

Examples:
  $ npx downlink check packages/*.ndjson
  $ npx downlink check --rejects 100 monday.ndjson
  $ npx downlink check --json monday.ndjson | jq '.[0].reasons'`;

export function addCheck(program: Command, context: Context): void {
  program
    .command("check")
    .summary("say what would become of packages, without loading them")
    .description("Reads packages as the daemon would, without it and without writing anything.")
    .argument("<path...>", "files to check")
    .option("--json", "print a JSON array")
    .option("--rejects <n>", "name at most so many rejected lines", wholeNumber(0, 1_000_000), 10)
    .addHelpText("after", examples)
    .action((paths: string[], options: Options) => check(paths, options, context));
}

async function check(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { print, screen } = context;
  const config = context.config();
  const limits = { maxLineBytes: config.maxLineBytes, mostNamed: options.rejects };
  const checked: (CheckedPackage | NoPackage)[] = [];
  for (const path of paths) checked.push(await checkPath(path, limits));
  const hashes = checked.flatMap((one) =>
    "sha256" in one && one.sha256 !== null ? [one.sha256] : [],
  );
  const knownBytes = await askForBytes(config, hashes);
  if (!checked.every(isFine)) context.fail();
  if (options.json) return print(jsonArray(checked.map((one) => checkRecord(one, knownBytes))));
  const notes = { knownBytes, maxRejectsStored: config.maxRejectsStored };
  const blocks = checked.map((one) => checkLines(one, notes, screen).join("\n"));
  if (checked.length > 1) blocks.push(summary(checked));
  print(blocks.join("\n\n"));
}

/** A file that may not be read is one of those that would not be loaded, and keeps no other from being checked. */
async function checkPath(path: string, limits: CheckLimits): Promise<CheckedPackage | NoPackage> {
  try {
    return await checkPackage(path, limits);
  } catch (error) {
    if (error instanceof Error && isSystemError(error)) return { path, problem: error.message };
    throw error;
  }
}

function isFine(checked: CheckedPackage | NoPackage): boolean {
  return "errors" in checked && checked.errors === 0 && checked.refused === null;
}

function summary(checked: readonly (CheckedPackage | NoPackage)[]): string {
  const fine = checked.filter(isFine).length;
  const rejecting = checked.filter((one) => "errors" in one && one.errors > 0).length;
  const refused = checked.length - fine - rejecting;
  return `${countedText(checked.length, "package")}: ${fine} all good, ${rejecting} with rejected lines, ${refused} not to be loaded`;
}
