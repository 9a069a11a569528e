// The command `status`: what is going on, on one screen. Without a living daemon it says what the database knows.
import type { Command } from "commander";
import { type Status, statusSchema } from "../api/schemas/status.ts";
import type { Config } from "../config.ts";
import type { Context } from "./context.ts";
import { type Asked, askDaemon } from "./daemon/ask-daemon.ts";
import { showAgain } from "./daemon/repeat.ts";
import { statusLines } from "./status/status-text.ts";
import { askLedger, type Known, silentLines } from "./status/without-daemon.ts";
import { jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
  readonly watch?: true;
}

const examples = `
The exit code is 1 if no daemon answers, or if the one that does cannot load.
With --json it is what /api/v1/status answers; without a daemon "daemon" is null.

Examples:
  $ npx downlink status
  $ npx downlink status --watch
  $ npx downlink status --json | jq .today.packages`;

export function addStatus(program: Command, context: Context): void {
  program
    .command("status")
    .summary("print what is going on, on one screen")
    .description("Prints the state of the daemon, the packages in work, and the totals of the day.")
    .option("--watch", "show it again each second, until Ctrl-C")
    .option("--json", "print a JSON object")
    .addHelpText("after", examples)
    .action((options: Options) => status(options, context));
}

/** What the daemon says, or the database in its place. */
type Found =
  | Extract<Asked<Status>, { kind: "answered" }>
  | { readonly kind: "silent"; readonly why: string; readonly known: Known };

async function status({ json, watch }: Options, context: Context): Promise<void> {
  const config = context.config();
  const lines = async () => linesOf(await find(config), context);
  if (watch && !json) return showAgain(context, lines);
  const found = await find(config);
  if (found.kind === "silent" || !found.answer.ready) context.fail();
  context.print(json ? jsonObject(recordOf(found)) : linesOf(found, context).join("\n"));
}

async function find(config: Config): Promise<Found> {
  const asked = await askDaemon(config, "/api/v1/status", statusSchema);
  return asked.kind === "silent" ? { ...asked, known: await askLedger(config) } : asked;
}

function linesOf(found: Found, { screen }: Context): string[] {
  if (found.kind === "silent") return silentLines(found.why, found.known, screen);
  return statusLines(found.answer, found.url, screen);
}

function recordOf(found: Found): object {
  if (found.kind === "answered") return found.answer;
  const { why, known } = found;
  if (known.kind === "unknown")
    return { daemon: null, why, work: [], today: null, database: known.why };
  const { work, today, database } = known;
  return { daemon: null, why, work, today, database };
}
