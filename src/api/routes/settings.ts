// Settings that can be changed while the daemon runs: /api/v1/settings. Whoever changes them here is heard by every
// daemon on the database.
import { drizzle } from "drizzle-orm/node-postgres";
import { InvalidSettingError } from "../../errors.ts";
import { databaseKey } from "../../parsers/parts.ts";
import { settingNames, settingTexts } from "../../settings/setting.ts";
import { readSettings, unsetSetting, writeSetting } from "../../settings/settings-table.ts";
import type { Api, ApiContext } from "../context.ts";
import { problem } from "../problems.ts";
import { read } from "../reading.ts";
import {
  type Settings,
  type SettingsChange,
  settingsChangeSchema,
  settingsSchema,
} from "../schemas/settings.ts";
import { described, json, orProblem } from "./described.ts";

export function addSettings(api: Api, context: ApiContext): void {
  api.get(
    "/api/v1/settings",
    {
      schema: {
        ...described("settings", "Settings that can be changed", "settings"),
        response: { 200: json(settingsSchema), ...orProblem() },
      },
    },
    async () => settingsOf(context),
  );

  api.put(
    "/api/v1/settings",
    {
      schema: {
        ...described("changeSettings", "Changes settings, all of them or none", "settings"),
        body: settingsChangeSchema,
        response: { 200: json(settingsSchema), ...orProblem() },
      },
    },
    async ({ body }) => {
      await change(context, body);
      return settingsOf(context);
    },
  );
}

/** What the table says is in force as soon as the daemon has heard of it, in a moment; so it is shown already. */
async function settingsOf(context: ApiContext): Promise<Settings> {
  const start = settingTexts(context.startSettings);
  const rows = new Map((await read(context, readSettings)).map((row) => [row.name, row]));
  const settings = settingNames.map((name) => {
    const row = rows.get(name);
    return {
      name,
      value: row?.value ?? start[name],
      start: start[name],
      isSet: row !== undefined,
      note: row?.note ?? null,
      updatedAt: row?.updatedAt ?? null,
    };
  });
  return { settings };
}

async function change({ registry }: ApiContext, { values, note }: SettingsChange): Promise<void> {
  const state = registry.find(databaseKey)?.state;
  if (state?.kind !== "ready") throw problem("database_away", "waiting for the database");
  try {
    await drizzle(state.access.pool).transaction(async (db) => {
      for (const [name, value] of Object.entries(values)) {
        if (value === null) await unsetSetting(db, name);
        else await writeSetting(db, name, value, note);
      }
    });
  } catch (error) {
    if (!(error instanceof InvalidSettingError)) throw error;
    throw problem("invalid_setting", error.message);
  }
}
