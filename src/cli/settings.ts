// The command `settings`: what is in force, and changes of it. A change is a row in the database, where every daemon on
// it hears of it.
import type { Command } from "commander";
import { drizzle } from "drizzle-orm/node-postgres";
import { complaintAbout, isSettingName, settingTexts, startSettings } from "../settings/setting.ts";
import { readSettings, unsetSetting, writeSetting } from "../settings/settings-table.ts";
import type { Context } from "./context.ts";
import { askDatabase } from "./database-in-use.ts";
import { settingLines } from "./settings/settings-text.ts";
import { shownSettings } from "./settings/shown-setting.ts";
import { jsonArray, jsonObject } from "./text/json.ts";

interface Options {
  readonly json?: true;
  readonly note?: string;
  readonly unset?: true;
}

/** What is asked for: undefined where nothing is. */
interface Wish extends Options {
  readonly name: string | undefined;
  readonly value: string | undefined;
}

const examples = `
A change takes effect within 2 seconds in every daemon on the database, and
outlasts restarts. What is not set is as the environment says: for a daemon its
own, here that of this command.

  rows_per_second  ceiling over all packages; 0: none
  adaptive         on: give way to other users of the database; off
  max_packages     packages loaded at the same time, 1 to 64
  batch_rows       most rows in one transaction, 1 to 1000000
  pause_ms         ms between two transactions, 0 to 60000

Examples:
  $ npx downlink settings
  $ npx downlink settings rows_per_second 20000 --note "until the report is done"
  $ npx downlink settings rows_per_second --unset`;

export function addSettings(program: Command, context: Context): void {
  program
    .command("settings")
    .summary("print the settings of running daemons, or change them")
    .description("Prints the settings, or one of them; with a value, sets it.")
    .argument("[name]", "which one")
    .argument("[value]", "its new value")
    .option("--note <text>", "why it is set, for whoever reads it later")
    .option("--unset", "go back to what the environment says")
    .option("--json", "print JSON: an array, or an object for one setting")
    .addHelpText("after", examples)
    .action(async (name: string | undefined, value: string | undefined, options: Options) => {
      const wish = { name, value, ...options };
      const complaint = complaintAboutUse(wish);
      if (complaint !== undefined) program.error(`error: ${complaint}`);
      await carryOut(wish, context);
    });
}

function complaintAboutUse({ name, value, note, unset }: Wish): string | undefined {
  if (unset && (name === undefined || value !== undefined)) {
    return "--unset takes the name of a setting, and no value";
  }
  if (note !== undefined && value === undefined) return "--note goes with a new value";
  if (name === undefined || (value === undefined && isSettingName(name))) return undefined;
  return complaintAbout(name, value ?? "");
}

async function carryOut({ name, value, note, unset, json }: Wish, context: Context): Promise<void> {
  const { print, screen } = context;
  const config = context.config();
  const rows = await askDatabase(config, async (client) => {
    const db = drizzle(client);
    if (name !== undefined && value !== undefined) await writeSetting(db, name, value, note);
    if (name !== undefined && unset) await unsetSetting(db, name);
    return readSettings(db);
  });
  const all = shownSettings(rows, settingTexts(startSettings(config)));
  if (name === undefined)
    return print(json ? jsonArray(all) : settingLines(all, screen).join("\n"));
  for (const one of all.filter((setting) => setting.name === name)) {
    print(json ? jsonObject(one) : one.value);
  }
}
