// The table `settings`: read, written, and emptied row by row. Whoever changes it, by these functions or with psql, is
// heard by every daemon on the database (live-settings.ts).
import { asc, eq } from "drizzle-orm";
import { settings } from "../database/schema.ts";
import { InvalidSettingError } from "../errors.ts";
import { isoTime } from "../queries/iso-time.ts";
import type { Queryable } from "../queries/queryable.ts";
import { complaintAbout } from "./setting.ts";

/** A row as it stands there. Its value is one that the database has let in, which is not yet a valid one. */
export interface SettingRow {
  readonly name: string;
  readonly value: string;
  readonly note: string | null;
  /** ISO 8601 in UTC, with microseconds. */
  readonly updatedAt: string;
}

/** All rows, by name. What is not there is as the environment says. */
export async function readSettings(db: Queryable): Promise<SettingRow[]> {
  const rows = await db.select().from(settings).orderBy(asc(settings.name));
  return rows.map((row) => ({ ...row, updatedAt: isoTime(row.updatedAt) }));
}

/** Sets a value, which then wins over the environment's. @throws {InvalidSettingError} and nothing is changed */
export async function writeSetting(
  db: Queryable,
  name: string,
  value: string,
  note: string | null = null,
): Promise<void> {
  const complaint = complaintAbout(name, value);
  if (complaint !== undefined) throw new InvalidSettingError(complaint);
  await db
    .insert(settings)
    .values({ name, value, note })
    .onConflictDoUpdate({ target: settings.name, set: { value, note } });
}

/** Goes back to what the environment says. @returns false if it was so already */
export async function unsetSetting(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.delete(settings).where(eq(settings.name, name));
  return rowCount === 1;
}
