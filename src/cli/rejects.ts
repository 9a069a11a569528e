// The command `rejects`: which lines of a package were not imported, why, and what they said.
import { type Command, Option } from "commander";
import { type FileStory, findFileStory } from "../queries/file-story.ts";
import type { Queryable } from "../queries/queryable.ts";
import { findRejects, type RejectedLine } from "../queries/rejects.ts";
import { rejectionReasons } from "../satellites/satellite.ts";
import type { Context } from "./context.ts";
import { askQueries } from "./database-in-use.ts";
import { CommandError } from "./failure.ts";
import { interruptible } from "./interruptible.ts";
import { fileId, wholeNumber } from "./option-values.ts";
import { exportRejects } from "./rejects/export.ts";
import { bytesForScreen, rejectsTable } from "./rejects/rejects-table.ts";
import { countedText, countText } from "./text/figures.ts";
import { jsonArray } from "./text/json.ts";

interface Options {
  readonly json?: true;
  readonly reason?: string;
  readonly after?: number;
  readonly limit: number;
  readonly export?: string;
  readonly header?: true;
}

const mostLines = 1_000_000;
const lastLine = 2 ** 31 - 1;
/** Of each line, in JSON. */
const mostJsonBytes = 1_048_576;

const examples = `
Line 1 is the header. What is not visible in a line is shown escaped. With --json
a line has the columns of the table rejected_lines; raw is in base64, and text is
the same as text.

Examples:
  $ npx downlink rejects 7
  $ npx downlink rejects 7 --reason out_of_range --after 120000
  $ npx downlink rejects 7 --export again.ndjson --header
  $ npx downlink rejects 7 --json --limit 100000 | jq -r '.[].detail' | sort | uniq -c`;

export function addRejects(program: Command, context: Context): void {
  const reason = new Option("--reason <reason>", "only those that were rejected for this");
  program
    .command("rejects")
    .summary("print the rejected lines of a package")
    .description("Prints the lines of a package that were not imported, in the order of the file.")
    .argument("<id>", "the package, as `files` shows it", fileId)
    .addOption(reason.choices(rejectionReasons))
    .option("--after <line>", "only those behind this line", wholeNumber(0, lastLine))
    .option("--limit <n>", "print at most so many", wholeNumber(1, mostLines), 50)
    .option("--export <file>", "write the lines themselves into a new file, all of them")
    .option("--header", "with --export: begin with the package's header, so that it is a package")
    .option("--json", "print a JSON array")
    .addHelpText("after", examples)
    .action((id: number, options: Options) => rejects(id, options, context));
}

async function rejects(id: number, options: Options, context: Context): Promise<void> {
  await askQueries(context.config(), async (db) => {
    const story = await findFileStory(db, id);
    if (story === undefined) throw new CommandError(`there is no package ${id}`);
    if (options.export !== undefined)
      return writeRejects(db, story, options.export, options, context);
    await printRejects(db, story, options, context);
  });
}

async function printRejects(
  db: Queryable,
  story: FileStory,
  { reason, after, limit, json }: Options,
  { print, remark, screen }: Context,
): Promise<void> {
  const mostRawBytes = json ? mostJsonBytes : bytesForScreen(screen);
  const question = { fileId: story.id, reason, after, limit, mostRawBytes };
  const { rejects: lines, next } = await findRejects(db, question);
  if (json) return print(jsonArray(lines.map(toRecord)));
  if (lines.length === 0) return print(nothing(story, reason, after));
  print(rejectsTable(lines, screen).join("\n"));
  if (next !== null) remark(`there are more: --after ${next}, or a higher --limit`);
  const unstored = unstoredText(story);
  if (unstored !== undefined) remark(unstored);
}

async function writeRejects(
  db: Queryable,
  story: FileStory,
  path: string,
  { reason, after, header, json }: Options,
  { print, remark }: Context,
): Promise<void> {
  if (header && story.header === null) {
    throw new CommandError(`package ${story.id} has no header: it was refused by it`);
  }
  const first = header ? JSON.stringify(story.header) : undefined;
  const what = { fileId: story.id, reason, after, header: first };
  const count = await interruptible((signal) => exportRejects(db, path, what, signal));
  if (json) print(jsonArray([{ path, lines: count }]));
  else print(`${countedText(count, "line")} written to ${path}`);
  const unstored = unstoredText(story);
  if (unstored !== undefined) remark(unstored);
}

function toRecord({ line, byteOffset, reason, detail, rejectedAt, rawBytes, raw }: RejectedLine) {
  const bytes = { raw_bytes: rawBytes, raw: raw.toString("base64"), text: raw.toString() };
  return { line, byte_offset: byteOffset, reason, detail, rejected_at: rejectedAt, ...bytes };
}

function nothing({ id, errors }: FileStory, reason?: string, after?: number): string {
  if (errors === 0) return `No line of package ${id} was rejected.`;
  const which = reason === undefined ? "" : ` as ${reason}`;
  const where = after === undefined ? "" : ` behind line ${after}`;
  return `No stored line of package ${id} was rejected${which}${where}.`;
}

/** Beyond the cap per package lines are counted and not stored; its file is kept when it is complete. */
function unstoredText({ errors, rejectsByReason, status }: FileStory): string | undefined {
  const stored = rejectsByReason.reduce((sum, { count }) => sum + count, 0);
  if (errors <= stored) return undefined;
  const counts = `${countText(errors - stored)} of ${countText(errors)} rejected lines`;
  const place = status === "complete" ? "; the package lies in archive/" : "";
  return `${counts} are not stored (DOWNLINK_MAX_REJECTS_STORED)${place}`;
}
