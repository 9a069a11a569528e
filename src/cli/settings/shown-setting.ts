// What holds, and why: the rows of the table where they are valid, else what the environment says.
import { complaintAbout, type SettingName, settingNames } from "../../settings/setting.ts";
import type { SettingRow } from "../../settings/settings-table.ts";

export interface ShownSetting {
  readonly name: SettingName;
  readonly value: string;
  readonly from: "table" | "environment";
  readonly note: string | null;
  /** ISO 8601 in UTC; null: never set. */
  readonly updatedAt: string | null;
}

/** All settings, in their order. @param start what the environment says */
export function shownSettings(
  rows: readonly SettingRow[],
  start: Readonly<Record<SettingName, string>>,
): ShownSetting[] {
  return settingNames.map((name) => {
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined || complaintAbout(name, row.value) !== undefined) {
      return { name, value: start[name], from: "environment", note: null, updatedAt: null };
    }
    const { value, note, updatedAt } = row;
    return { name, value, from: "table", note, updatedAt };
  });
}
