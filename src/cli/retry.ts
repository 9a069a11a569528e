// The command `retry`: sends a failed package again. Its file goes back into the inbox, where the daemon takes it up.
import type { Command } from "commander";
import { pathsIn } from "../folders/folders.ts";
import { plainText } from "../parsers/plain-text.ts";
import { findFileStory } from "../queries/file-story.ts";
import { type RetryOutcome, retryPackage } from "../watcher/retry.ts";
import type { Context } from "./context.ts";
import { askQueries } from "./database-in-use.ts";
import { CommandError } from "./failure.ts";
import { fileId } from "./option-values.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
}

const examples = `
Put right what was wrong first; the package's error says what it was. The file
goes from failed/ into the inbox under its old name, over nothing, and is taken
up where it stopped: what was loaded of it is not loaded again.

Examples:
  $ npx downlink retry 7
  $ npx downlink files --status failed --json | jq '.[].id' | xargs -n 1 npx downlink retry`;

export function addRetry(program: Command, context: Context): void {
  program
    .command("retry")
    .summary("send a failed package again")
    .description("Puts the file of a failed package back into the inbox.")
    .argument("<id>", "the package, as `files` shows it", fileId)
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((id: number, options: Options) => retry(id, options, context));
}

async function retry(id: number, { json }: Options, { config, print }: Context): Promise<void> {
  const { filesDir, ...rest } = config();
  const row = await askQueries({ filesDir, ...rest }, (db) => findFileStory(db, id));
  if (row === undefined) throw new CommandError(`there is no package ${id}`);
  const outcome = await retryPackage(row, pathsIn(filesDir));
  if (outcome.kind !== "sent") throw new CommandError(refusal(id, outcome));
  if (json) return print(jsonObject({ id, path: outcome.path }));
  const from = row.checkpointLine > 1 ? `, from line ${row.checkpointLine} on` : "";
  print(
    `Package ${id} is in the inbox again: ${shown(outcome.path)}\nThe daemon takes it up${from}.`,
  );
}

function refusal(id: number, outcome: Exclude<RetryOutcome, { kind: "sent" }>): string {
  switch (outcome.kind) {
    case "not_failed":
      return `package ${id} is ${outcome.status}: only a failed one can be sent again`;
    case "name_taken":
      return `a file of that name lies in the inbox, ${shown(outcome.path)}: try again when it is taken up`;
    case "file_gone":
      return `the file of package ${id} is not at ${shown(outcome.path)}: drop it into the inbox, where it is known by its bytes`;
  }
}

/** A name comes from outside. */
function shown(path: string): string {
  return plainText(path, path.length * 8);
}
