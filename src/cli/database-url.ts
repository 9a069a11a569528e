// The command `database-url`: where the data are, for psql and other tools. The one place that shows the password.
import type { Command } from "commander";
import type { Context } from "./context.ts";
import { findDatabase } from "./database-in-use.ts";
import { CommandError } from "./failure.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
}

const examples = `
This is DATABASE_URL if it is set, else the embedded server's, which runs as long
as the daemon does.

Example:
  $ psql "$(npx downlink database-url)" -c "SELECT count(*) FROM telemetry"`;

export function addDatabaseUrl(program: Command, context: Context): void {
  program
    .command("database-url")
    .summary("print the URL of the database, password included")
    .description("Prints the URL of the database in use, password included.")
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((options: Options) => printDatabaseUrl(options, context));
}

async function printDatabaseUrl(
  { json }: Options,
  { config, print, remark }: Context,
): Promise<void> {
  const found = await findDatabase(config());
  if (found === undefined) {
    throw new CommandError("there is no database yet: start the daemon once with npm start");
  }
  const { url, running } = found;
  if (json) return print(jsonObject({ url, running }));
  print(url);
  if (!running) remark("the embedded server is not running; start it with npm start");
}
