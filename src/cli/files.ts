// The command `files`: what became of each package, as the ledger says it.
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { fileStatuses } from "../database/schema.ts";
import { type FileRowsQuery, findFileRows } from "../queries/file-rows.ts";
import type { Context } from "./context.ts";
import { askQueries } from "./database-in-use.ts";
import { toRecord } from "./files/file-json.ts";
import { fileTable } from "./files/file-table.ts";
import { fileId, moment, wholeNumber } from "./option-values.ts";
import { jsonArray } from "./text/json.ts";

interface Options {
  readonly json?: true;
  readonly status?: (typeof fileStatuses)[number];
  readonly satellite?: string;
  readonly since?: string;
  readonly name?: string;
  readonly before?: number;
  readonly after?: number;
  readonly limit: number;
}

const mostFiles = 1_000_000;

const examples = `
Lines are those behind the header that are not blank; each is imported or an
error. The data time is that of the readings (UTC). With --json a row has the
columns of the table files under their own names.

Examples:
  $ npx downlink files
  $ npx downlink files --status failed --since 24h
  $ npx downlink files --satellite jackal_mk1 --name 2024-05 --limit 200
  $ npx downlink files --before 1200
  $ npx downlink files --limit 500 --json | jq '.[] | select(.errors > 0)'`;

export function addFiles(program: Command, context: Context): void {
  const status = new Option("--status <status>", "only those of this status");
  program
    .command("files")
    .summary("print the statistics of the packages")
    .description("Prints the statistics of the packages, the newest first.")
    .addOption(status.choices(fileStatuses))
    .option("--satellite <type>", "only those of this satellite type")
    .option("--since <time>", "only those claimed since: a time (UTC), or 90m, 12h, 7d", moment())
    .option("--name <part>", "only those whose name has this part, whatever its case")
    .option("--before <id>", "only those older than this package", fileId)
    .option("--after <id>", "only those newer than this package, its neighbours first", fileId)
    .option("--limit <n>", "print at most so many", wholeNumber(1, mostFiles), 50)
    .option("--json", "print a JSON array")
    .addHelpText("after", examples)
    .action((options: Options) => printFiles(options, context));
}

async function printFiles(options: Options, context: Context): Promise<void> {
  const { print, remark, screen } = context;
  const config = context.config();
  const { satellite: satelliteType, json, ...rest } = options;
  const query: FileRowsQuery = { ...rest, satelliteType };
  const { rows, hasMore } = await askQueries(config, (db) => findFileRows(db, query));
  if (json) return print(jsonArray(rows.map(toRecord)));
  if (rows.length === 0) return print(nothing(options, config.filesDir));
  print(fileTable(rows, { ...screen, nowMs: Date.now() }).join("\n"));
  if (hasMore) remark(whereMoreIs(options, rows[0]?.id, rows.at(-1)?.id));
}

function whereMoreIs({ after, before }: Options, newest = 0, oldest = 0): string {
  if (after !== undefined && before === undefined) return `newer packages: --after ${newest}`;
  return `older packages are not shown: --before ${oldest}, or a higher --limit`;
}

function nothing(options: Options, filesDir: string): string {
  const { json: _, limit: __, ...filters } = options;
  if (Object.keys(filters).length > 0) return "No packages are like that.";
  return `No packages yet. Drop one into ${resolve(filesDir, "ingest")}, or make one:
  npx downlink simulate --satellite jackal_mk1 --lines 1000`;
}
