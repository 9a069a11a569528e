// The command `doctor`: looks at all that the daemon needs, and says what to do where something is amiss.
import type { Command } from "commander";
import type { Config } from "../config.ts";
import { pathsIn } from "../folders/folders.ts";
import type { Context } from "./context.ts";
import { checkDatabase } from "./doctor/database.ts";
import { findingLines, isWrong } from "./doctor/doctor-text.ts";
import { type Finding, notChecked } from "./doctor/finding.ts";
import { checkFolders } from "./doctor/folders.ts";
import { checkHttp } from "./doctor/http.ts";
import { checkHints, checkNode, checkRoom } from "./doctor/machine.ts";
import { checkConfiguration } from "./doctor/settings.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
}

const examples = `
Run it as the account that runs the daemon, with the same variables: rights are
those of whoever asks. It changes nothing; a hidden trial file goes through the
folders, as at each start of the daemon, and is removed.

The exit code is 1 if something is wrong; a warning is none.

Examples:
  $ npx downlink doctor
  $ npx downlink doctor --json | jq '.findings[] | select(.verdict != "ok")'`;

export function addDoctor(program: Command, context: Context): void {
  program
    .command("doctor")
    .summary("check folders, database and machine, and say what to do")
    .description("Checks all that the daemon needs, and says what to do where something is amiss.")
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((options: Options) => doctor(options, context));
}

async function doctor({ json }: Options, context: Context): Promise<void> {
  const { print, screen } = context;
  const { config, finding } = checkConfiguration(context.config);
  const node = checkNode(process.versions.node);
  const rest = config === undefined ? [unknown] : await checkWith(config);
  const findings = [node, finding, ...rest];
  if (isWrong(findings)) context.fail();
  if (json) return print(jsonObject({ ok: !isWrong(findings), findings }));
  print(findingLines(findings, screen).join("\n"));
}

const unknown = notChecked("the rest", "the variables say where it is");

async function checkWith(config: Config): Promise<Finding[]> {
  const { filesDir, dataDir, databaseUrl, scanIntervalMs } = config;
  const ofDatabase = databaseUrl === undefined ? [await checkRoom("disk of data", dataDir)] : [];
  return [
    ...(await checkFolders(config)),
    await checkRoom("disk of files", filesDir),
    ...ofDatabase,
    await checkHints(pathsIn(filesDir).ingest, scanIntervalMs),
    ...(await checkDatabase(config)),
    await checkHttp(config),
  ];
}
