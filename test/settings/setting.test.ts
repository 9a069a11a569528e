// What each setting takes. The schema and the table's own check are two tellings of the same, so each is held against
// the other, value by value.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import {
  complaintAbout,
  settingNames,
  settingTexts,
  startSettings,
  toSettings,
} from "../../src/settings/setting.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";

test.each([
  ["rows_per_second", "0", undefined],
  ["rows_per_second", "1000000000", undefined],
  ["rows_per_second", "-1", 'rows_per_second got "-1", takes a whole number of rows per second'],
  ["rows_per_second", "1e3", "0 to 1000000000"],
  ["adaptive", "on", undefined],
  ["adaptive", "true", 'adaptive got "true", takes on or off'],
  ["max_packages", "0", "a whole number of packages, 1 to 64"],
  ["batch_rows", "1000001", "a whole number of rows, 1 to 1000000"],
  ["pause_ms", "60000", undefined],
  ["pause_ms", "60001", "a whole number of ms, 0 to 60000"],
  ["pause", "1", '"pause" is not a setting; settings are rows_per_second, adaptive'],
  ["__proto__", "1", "is not a setting"],
])("%s = %s", (name, value, complaint) => {
  if (complaint === undefined) expect(complaintAbout(name, value)).toBeUndefined();
  else expect(complaintAbout(name, value)).toContain(complaint);
});

test("what the environment says can stand in the table", () => {
  const start = startSettings(
    readConfig({ DOWNLINK_THROTTLE: "off", DOWNLINK_MAX_ROWS_PER_SECOND: "70" }),
  );
  expect(start).toEqual({
    rowsPerSecond: 70,
    adaptive: false,
    maxPackages: 4,
    batchRows: 50_000,
    pauseMs: 0,
  });
  const texts = settingTexts(start);
  expect(settingNames.map((name) => complaintAbout(name, texts[name]))).toEqual(
    settingNames.map(() => undefined),
  );
  expect(toSettings(texts)).toEqual(start);
});

describe("the database refuses exactly what the schema refuses", () => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await createMigratedDatabase();
  });
  afterAll(() => database.drop());

  const isLetIn = async (name: string, value: string): Promise<boolean> => {
    try {
      await database.rows(
        "INSERT INTO settings VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        [name, value],
      );
      return true;
    } catch (error) {
      expect(error).toMatchObject({ constraint: "settings_value_valid" });
      return false;
    }
  };

  const texts = fc.oneof(
    fc.integer({ min: -2, max: 2_000_000_000 }).map(String),
    fc.integer({ min: 0, max: 70 }).map(String),
    fc.constantFrom("on", "off", "ON", "", " 1", "1\n", "01", "1.0", "٣", "99999999999999999999"),
    fc.constantFrom("999999", "1000000", "1000001", "59999", "60000", "60001", "1000000001"),
    fc.string({ maxLength: 5 }).filter((text) => !text.includes("\0") && text.isWellFormed()),
  );

  test("value by value", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...settingNames, "unknown"), texts, async (name, value) => {
        expect(await isLetIn(name, value)).toBe(complaintAbout(name, value) === undefined);
      }),
      { numRuns: 500 },
    ));
});
