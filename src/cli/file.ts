// The command `file`: all that is known of one package.
import type { Command } from "commander";
import { findPlace } from "../api/place.ts";
import { pathsIn } from "../folders/folders.ts";
import { type FileStory, findFileStory } from "../queries/file-story.ts";
import type { Context } from "./context.ts";
import { askQueries } from "./database-in-use.ts";
import { CommandError } from "./failure.ts";
import { type Place, storyLines } from "./file/file-text.ts";
import { toRecord } from "./files/file-json.ts";
import { fileId } from "./option-values.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
}

const examples = `
Times of steps are the database's, in UTC. With --json the package has the
columns of the table files under their own names, and besides rejects_by_reason,
duplicates and place.

Examples:
  $ npx downlink file 7
  $ npx downlink file 7 --json | jq .rejects_by_reason`;

export function addFile(program: Command, context: Context): void {
  program
    .command("file")
    .summary("print the whole story of a package")
    .description("Prints all that is known of a package: its steps, its lines, its file.")
    .argument("<id>", "the package, as `files` shows it", fileId)
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((id: number, options: Options) => printFile(id, options, context));
}

async function printFile(id: number, { json }: Options, context: Context): Promise<void> {
  const { print, screen } = context;
  const config = context.config();
  const story = await askQueries(config, (db) => findFileStory(db, id));
  if (story === undefined) throw new CommandError(`there is no package ${id}`);
  const place = await findPlace(pathsIn(config.filesDir), story).catch(() => null); // May not be looked for.
  if (json) return print(jsonObject(storyRecord(story, place)));
  print(storyLines(story, { ...screen, nowMs: Date.now(), place }).join("\n"));
}

function storyRecord(story: FileStory, place: Place): object {
  const { rejectsByReason, duplicates } = story;
  const counts = rejectsByReason.map(({ reason, count }) => [reason, count] as const);
  const rejects = Object.fromEntries(counts);
  return { ...toRecord(story), rejects_by_reason: rejects, duplicates, place };
}
