// The command `files`: what became of each package, as the ledger says it.
import { resolve } from "node:path";
import type { Command } from "commander";
import { desc } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { files } from "../database/schema.ts";
import type { Context } from "./context.ts";
import { askDatabase } from "./database-in-use.ts";
import { filesJson } from "./files/file-json.ts";
import { type FileRow, fileTable } from "./files/file-table.ts";
import { wholeNumber } from "./option-values.ts";

interface Options {
  readonly json?: true;
  readonly limit: number;
}

const mostFiles = 1_000_000;

const examples = `
Lines are those behind the header that are not blank; each is imported or an
error. The data time is that of the readings (UTC). With --json a row has the
columns of the table files under their own names.

Examples:
  $ npx downlink files
  $ npx downlink files --limit 500 --json | jq '.[] | select(.errors > 0)'`;

export function addFiles(program: Command, context: Context): void {
  program
    .command("files")
    .summary("print the statistics of the packages")
    .description("Prints the statistics of the packages, the newest first.")
    .option("--json", "print a JSON array")
    .option("--limit <n>", "print at most so many", wholeNumber(1, mostFiles), 50)
    .addHelpText("after", examples)
    .action((options: Options) => printFiles(options, context));
}

async function printFiles({ json, limit }: Options, context: Context): Promise<void> {
  const { print, remark, screen } = context;
  const config = context.config();
  const found = await newestFiles(config, limit + 1); // One more, to know whether there are more.
  const rows = found.slice(0, limit);
  if (json) return print(filesJson(rows));
  if (rows.length === 0) return print(nothingYet(config.filesDir));
  print(fileTable(rows, screen).join("\n"));
  if (found.length > limit) remark(`older packages are not shown; --limit says how many are`);
}

function newestFiles(config: ReturnType<Context["config"]>, count: number): Promise<FileRow[]> {
  return askDatabase(config, (client) => {
    return drizzle(client).select().from(files).orderBy(desc(files.id)).limit(count).execute();
  });
}

function nothingYet(filesDir: string): string {
  return `No packages yet. Drop one into ${resolve(filesDir, "ingest")}, or make one:
  npx downlink simulate --satellite jackal_mk1 --lines 1000`;
}
