// Settings that can be changed while the daemon runs.
import { z } from "zod";
import { named } from "./named.ts";
import { instant, list } from "./values.ts";

const settingSchema = named(
  "Setting",
  z.object({
    name: z.string(),
    value: z.string().describe("In force"),
    start: z.string().describe("The environment's: in force unless it is set"),
    isSet: z.boolean(),
    note: z.string().nullable(),
    updatedAt: instant.nullable().describe("When it was set"),
  }),
);
export type Setting = z.infer<typeof settingSchema>;

export const settingsSchema = named("Settings", z.object({ settings: list(settingSchema) }));
export type Settings = z.infer<typeof settingsSchema>;

export const settingsChangeSchema = named(
  "SettingsChange",
  z.strictObject({
    values: z
      .record(z.string().max(100), z.string().max(100).nullable())
      .refine((values) => Object.keys(values).length <= 100, "at most 100 settings")
      .describe("Name to value; null goes back to the environment's. All or none is changed"),
    note: z.string().max(500).optional().describe("Why, for whoever looks later"),
  }),
);
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
