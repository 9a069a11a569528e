// The entry of the command line: lists the commands, runs one, sets the exit code. Each command is a file of its own.
import { Command } from "commander";
import { version } from "../api/version.ts";
import { readConfig } from "../config.ts";
import { addCheck } from "./check.ts";
import { type Context, screenOf } from "./context.ts";
import { addDatabaseUrl } from "./database-url.ts";
import { addDoctor } from "./doctor.ts";
import { failureOf } from "./failure.ts";
import { addFile } from "./file.ts";
import { addFiles } from "./files.ts";
import { addMigrate } from "./migrate.ts";
import { addRejects } from "./rejects.ts";
import { addRetry } from "./retry.ts";
import { addSettings } from "./settings.ts";
import { addSimulate } from "./simulate.ts";
import { addStatus } from "./status.ts";
import { addTree } from "./tree.ts";
import { addWatch } from "./watch.ts";

const context: Context = {
  config: () => readConfig(process.env),
  print: (text) => process.stdout.write(`${text}\n`),
  remark: (text) => process.stderr.write(`downlink: ${text}\n`),
  fail: () => {
    process.exitCode = 1;
  },
  write: (text) => process.stdout.write(text),
  get screen() {
    return screenOf(process.stdout);
  },
};

// Commands inherit this, so it comes before them. exitOverride: an error is thrown and gets its exit code here.
const program = new Command("downlink")
  .description("Loads telemetry packages from a folder into PostgreSQL, exactly once.")
  .version(version, "-V, --version")
  .exitOverride()
  .showHelpAfterError("(add --help to learn more)")
  .addHelpText("after", "\nThe settings are those of the daemon: the same environment variables.");

program.commandsGroup("What is going on:");
addStatus(program, context);
addWatch(program, context);
addTree(program, context);
program.commandsGroup("Packages:");
addFiles(program, context);
addFile(program, context);
addRejects(program, context);
addRetry(program, context);
addCheck(program, context);
addSimulate(program, context);
program.commandsGroup("The installation:");
addSettings(program, context);
addDoctor(program, context);
addMigrate(program, context);
addDatabaseUrl(program, context);

// Whoever reads our output may have had enough of it (head, less): no error, and nothing left to do.
process.stdout.on("error", (error) => {
  if (!("code" in error && error.code === "EPIPE")) throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  const { exitCode, text } = failureOf(error);
  process.stderr.write(text);
  process.exitCode = exitCode; // Not process.exit, which cuts off what a pipe has not taken yet.
}
