// The settings that can be changed while the daemon runs: names, values, limits. The environment gives the values to
// start with, a row in the table `settings` wins. This schema is the source of both: the table's own check says the same
// in SQL (database/schema.ts), which a test holds against it.
import { z } from "zod";

function integer(lowest: number, highest: number, unit: string) {
  const takes = `a whole number of ${unit}, ${lowest} to ${highest}`;
  return z
    .string(takes)
    .regex(/^\d{1,10}$/, takes)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, takes);
}

/** Every setting: from its text, as the table has it, to its value. */
const settingsSchema = z.object({
  /** Ceiling over all packages; 0: none. */
  rows_per_second: integer(0, 1_000_000_000, "rows per second"),
  /** Whether the throttle gives way to the database's other users. */
  adaptive: z.enum(["on", "off"], { error: "on or off" }),
  /** Packages loaded at the same time. */
  max_packages: integer(1, 64, "packages"),
  /** Most rows in one transaction. */
  batch_rows: integer(1, 1_000_000, "rows"),
  /** From one transaction's end to the next one's beginning, at least. */
  pause_ms: integer(0, 60_000, "ms"),
});

type Values = z.output<typeof settingsSchema>;
export type SettingName = keyof Values;

export const settingNames = settingsSchema.keyof().options;

export function isSettingName(text: string): text is SettingName {
  return settingNames.some((name) => name === text);
}

/** The values in force, as the code reads them. */
export interface Settings {
  /** 0: none. */
  readonly rowsPerSecond: number;
  readonly adaptive: boolean;
  readonly maxPackages: number;
  readonly batchRows: number;
  readonly pauseMs: number;
}

/** The texts as they would stand in the table. */
export function settingTexts(settings: Settings): Record<SettingName, string> {
  return {
    rows_per_second: String(settings.rowsPerSecond),
    adaptive: settings.adaptive ? "on" : "off",
    max_packages: String(settings.maxPackages),
    batch_rows: String(settings.batchRows),
    pause_ms: String(settings.pauseMs),
  };
}

/** To be called with valid texts (`complaintAbout`). */
export function toSettings(texts: Readonly<Record<SettingName, string>>): Settings {
  const values = settingsSchema.parse(texts);
  return {
    rowsPerSecond: values.rows_per_second,
    adaptive: values.adaptive === "on",
    maxPackages: values.max_packages,
    batchRows: values.batch_rows,
    pauseMs: values.pause_ms,
  };
}

/** What is wrong with a setting, for a person; undefined if nothing is. */
export function complaintAbout(name: string, value: string): string | undefined {
  if (!isSettingName(name)) {
    const shown = JSON.stringify(name.slice(0, 100));
    return `${shown} is not a setting; settings are ${settingNames.join(", ")}`;
  }
  const parsed = settingsSchema.shape[name].safeParse(value);
  if (parsed.success) return undefined;
  return `${name} got ${JSON.stringify(value.slice(0, 100))}, takes ${parsed.error.issues[0]?.message}`;
}

/** What the environment says, which is in force until the table says otherwise. */
export function startSettings(config: {
  readonly maxRowsPerSecond: number;
  readonly throttle: "adaptive" | "off";
  readonly maxPackages: number;
  readonly batchRows: number;
}): Settings {
  return {
    rowsPerSecond: config.maxRowsPerSecond,
    adaptive: config.throttle === "adaptive",
    maxPackages: config.maxPackages,
    batchRows: config.batchRows,
    pauseMs: 0,
  };
}
