// A time as text means to PostgreSQL what its microseconds mean in binary: over all that rule R7 can give.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { timestamptzText } from "../../src/persister/timestamptz-text.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** 0001-01-01T00:00+15:59 and 9999-12-31T23:59:59.999999-15:59. */
const [firstUs, lastUs] = [-62_135_654_340_000_000n, 253_402_358_339_999_999n];
const dayUs = 86_400_000_000n;

const anyUs = fc.oneof(
  fc.bigInt(firstUs, lastUs),
  fc.bigInt(firstUs, firstUs + dayUs), // Around the beginning of the year 1.
  fc.bigInt(lastUs - dayUs, lastUs), // Around the end of 9999.
  fc.bigInt(-2n * dayUs, 2n * dayUs),
  fc.constantFrom(firstUs, lastUs, -62_135_596_800_000_000n, -62_135_596_800_000_001n, -1n, 0n),
);

test("PostgreSQL reads the text to the microsecond", () =>
  fc.assert(
    fc.asyncProperty(fc.array(anyUs, { minLength: 1, maxLength: 300, size: "max" }), async (us) => {
      const rows = await database.rows<{ us: string }>(
        `SELECT (extract(epoch FROM text::timestamptz) * 1000000)::bigint::text AS us
           FROM unnest($1::text[]) WITH ORDINALITY AS given(text, place) ORDER BY place`,
        [us.map(timestamptzText)],
      );
      expect(rows.map((row) => row.us)).toEqual(us.map(String));
    }),
    { numRuns: 20 },
  ));

test.each([
  [0n, "1970-01-01 00:00:00.000000+00"],
  [-1n, "1969-12-31 23:59:59.999999+00"],
  [firstUs, "0001-12-31 08:01:00.000000+00 BC"],
  [lastUs, "10000-01-01 15:58:59.999999+00"],
])("%s is %s", (us, text) => {
  expect(timestamptzText(us)).toBe(text);
});

test("no time is no text", () => {
  expect(timestamptzText(undefined)).toBeNull();
});
