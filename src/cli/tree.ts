// The command `tree`: the supervision tree of the running daemon, as it is at this moment.
import type { Command } from "commander";
import { treeSchema } from "../api/schemas/tree.ts";
import type { Context } from "./context.ts";
import { askDaemon } from "./daemon/ask-daemon.ts";
import { showAgain } from "./daemon/repeat.ts";
import { CommandError } from "./failure.ts";
import { jsonObject } from "./text/json.ts";
import { treeLines } from "./tree/tree-lines.ts";

interface Options {
  readonly json?: true;
  readonly watch?: true;
}

const examples = `
A part that was restarted says how often. A package that is being loaded is a
supervisor file-parser:<id> with three parts. Needs the running daemon.

Examples:
  $ npx downlink tree
  $ npx downlink tree --watch
  $ npx downlink tree --json | jq '.. | objects | select(.restarts > 0) | .id'`;

export function addTree(program: Command, context: Context): void {
  program
    .command("tree")
    .summary("print the live supervision tree")
    .description("Prints the supervision tree of the running daemon: states, ages, restarts.")
    .option("--watch", "show it again each second, until Ctrl-C")
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((options: Options) => tree(options, context));
}

async function tree({ json, watch }: Options, context: Context): Promise<void> {
  const { print, screen } = context;
  const config = context.config();
  const first = await askDaemon(config, "/api/v1/tree", treeSchema);
  if (first.kind === "silent") throw new CommandError(first.why);
  if (json) return print(jsonObject(first.answer));
  if (!watch) return print(treeLines(first.answer, screen).join("\n"));
  await showAgain(context, async () => {
    const asked = await askDaemon(config, "/api/v1/tree", treeSchema);
    return asked.kind === "silent" ? [asked.why] : treeLines(asked.answer, context.screen);
  });
}
