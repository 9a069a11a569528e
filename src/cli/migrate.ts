// The command `migrate`: brings the schema up to date, as every start of the daemon does, and says what it did.
import type { Command } from "commander";
import { bringUpToDate, schemaState } from "../database/migrations.ts";
import type { Context } from "./context.ts";
import { askDatabase } from "./database-in-use.ts";
import { countedText } from "./text/figures.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
}

const examples = `
The daemon does the same at each start. Migrating beforehand is for databases
whose owner is another role than the daemon's. Migrations only go forward; a lock
makes all but one wait that migrate at the same time.

Examples:
  $ npx downlink migrate
  $ DATABASE_URL=postgres://owner@db/telemetry npx downlink migrate --json`;

export function addMigrate(program: Command, context: Context): void {
  program
    .command("migrate")
    .summary("bring the database's schema up to date")
    .description("Brings the schema of the database in use up to date, under a lock.")
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((options: Options) => migrate(options, context));
}

async function migrate({ json }: Options, { config, print }: Context): Promise<void> {
  const { applied, all } = await askDatabase(config(), async (client) => {
    const names = await bringUpToDate(client);
    return { applied: names, all: (await schemaState(client)).applied };
  });
  if (json) return print(jsonObject({ applied, schema: all.at(-1) ?? null }));
  if (applied.length === 0) return print(`The schema is up to date (${all.at(-1)}).`);
  print(`Applied ${countedText(applied.length, "migration")}: ${applied.join(", ")}.`);
}
