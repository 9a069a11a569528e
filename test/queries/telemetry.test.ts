// Readings as points and as buckets, states of instruments, and which times a satellite type has readings of.
import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCoverage } from "../../src/queries/coverage.ts";
import { findInstrumentChanges } from "../../src/queries/instrument-changes.ts";
import type { Queryable } from "../../src/queries/queryable.ts";
import { summariseSatellites } from "../../src/queries/satellites.ts";
import { findTelemetryBuckets } from "../../src/queries/telemetry-buckets.ts";
import { findFilePoints, findTypePoints } from "../../src/queries/telemetry-points.ts";
import { createMigratedDatabase, type MigratedDatabase } from "../support/migrated-database.ts";
import { makePackage } from "./rows.ts";

let database: MigratedDatabase;
let db: Queryable;

/** Package 1 from 12:00:00 on, 2 after a gap of an hour, both a hundred seconds long; 3 is of another type. */
beforeAll(async () => {
  database = await createMigratedDatabase();
  db = drizzle(database.pool);
  await makePackage(database, { readings: 100, first: "2024-05-01T12:00:00.5Z" });
  await makePackage(database, { readings: 100, first: "2024-05-01T13:01:39.5Z" });
  await makePackage(database, { readings: 1, satelliteType: "jackal_mk2" });
  await makePackage(database, { readings: 0, satelliteType: "jackal_mk2" });
});
afterAll(() => database.drop());

describe("points", () => {
  test("of a package come in the order of its lines, page by page", async () => {
    const first = await findFilePoints(db, { fileId: 1, limit: 2 });
    expect(first.points[0]).toEqual({
      fileId: 1,
      line: 2,
      timestamp: "2024-05-01T12:00:00.500000Z",
      velocity: 1001,
      altitude: 1999,
      latitude: 1,
      longitude: -1,
      instruments: { instrument1: "on", instrument2: "ok" },
    });
    expect(first.next).toBe(3);
    const last = await findFilePoints(db, { fileId: 1, limit: 2, after: 99 });
    expect([last.points.map(({ line }) => line), last.next]).toEqual([[100, 101], null]);
  });

  test("are those from one time on and before another", async () => {
    const range = { since: "2024-05-01T12:00:10.5Z", until: "2024-05-01T12:00:12.5Z" };
    const { points } = await findFilePoints(db, { fileId: 1, limit: 9, ...range });
    expect(points.map(({ line }) => line)).toEqual([12, 13]);
  });

  test("of a type come in the order of time, over all its packages", async () => {
    const readings = { satelliteType: "jackal_mk1", since: "2024-05-01T12:01:38Z" };
    const first = await findTypePoints(db, { readings, limit: 2 });
    expect(first.points.map(({ fileId, line }) => [fileId, line])).toEqual([
      [1, 100],
      [1, 101],
    ]);
    if (first.next === null) throw new Error("no next page");
    const second = await findTypePoints(db, { readings, limit: 500, after: first.next });
    expect(second.points).toHaveLength(100);
    expect([second.points[0]?.fileId, second.points[0]?.line, second.next]).toEqual([2, 2, null]);
  });

  test.each([
    ["9999-12-31T23:59:58.000001-15:59", "+10000-01-01T15:58:58.000001Z"],
    ["0001-01-01T00:00:00.000001+15:59", "0000-12-31T08:01:00.000001Z"],
  ])(
    "of a type go on behind a reading that is outside of the years in UTC: %s",
    async (first, shown) => {
      const satelliteType = `tern${first}`;
      await makePackage(database, { readings: 2, satelliteType, first });
      const readings = { satelliteType };
      const { next } = await findTypePoints(db, { readings, limit: 1 });
      expect(next?.timestamp).toBe(shown);
      if (next === null) throw new Error("no next page");
      for (const timestamp of [shown, shown.replace("+", " ")]) {
        const after = { ...next, timestamp };
        const { points } = await findTypePoints(db, { readings, limit: 1, after });
        expect(points.map(({ line }) => line)).toEqual([3]);
      }
    },
  );
});

describe("buckets", () => {
  test("are equal parts of the time, each with its extremes and a reading that is there", async () => {
    const found = await findTelemetryBuckets(db, { fileId: 1 }, 10);
    expect(found).toMatchObject({
      from: "2024-05-01T12:00:00.500000Z",
      to: "2024-05-01T12:01:39.500000Z",
      bucketSeconds: 9.900001,
    });
    expect(found?.buckets).toHaveLength(10);
    expect(found?.buckets.reduce((sum, { readings }) => sum + readings, 0)).toBe(100);
    expect(found?.buckets[0]).toEqual({
      start: "2024-05-01T12:00:00.500000Z",
      readings: 10,
      velocity: { min: 1001, max: 1010, avg: 1005.5 },
      altitude: { min: 1990, max: 1999, avg: 1994.5 },
      position: {
        fileId: 1,
        line: 2,
        timestamp: "2024-05-01T12:00:00.500000Z",
        latitude: 1,
        longitude: -1,
      },
    });
    expect(found?.buckets[1]?.position.line).toBe(12);
  });

  test("have the mean of values that no sum can hold, and the same mean as ever of all others", async () => {
    const most = Number.MAX_VALUE;
    const id = await makePackage(database, { readings: 5, satelliteType: "tern_mk1" });
    const measure = (velocity: string, altitude: string) =>
      database.rows(
        "UPDATE telemetry SET velocity = ($1::float8[])[line - 1], altitude = ($2::float8[])[line - 1] WHERE file_id = $3",
        [velocity, altitude, id],
      );
    await measure(`{${Array(5).fill(most)}}`, `{${most},-${most},3e-320,1e160,-1e160}`);
    const [huge] = (await findTelemetryBuckets(db, { fileId: id }, 1))?.buckets ?? [];
    expect(huge?.velocity).toEqual({ min: most, max: most, avg: most });
    expect(Math.abs(huge?.altitude.avg ?? most)).toBeLessThan(1e144);

    await measure("{0.1,0.7,1e-300,12345.678,-3.3}", "{1e100,2e100,4e-320,7,1}");
    const [ordinary] = (await findTelemetryBuckets(db, { fileId: id }, 1))?.buckets ?? [];
    const [mean] = await database.rows<{ velocity: number }>(
      "SELECT avg(velocity) AS velocity FROM telemetry WHERE file_id = $1",
      [id],
    );
    expect(ordinary?.velocity.avg).toBe(mean?.velocity);
    expect(ordinary?.altitude.avg).toBeCloseTo(6e99, -90);
  });

  test("without readings are left out", async () => {
    const found = await findTelemetryBuckets(db, { satelliteType: "jackal_mk1" }, 100);
    expect(found?.buckets.map(({ readings }) => readings)).toEqual([38, 38, 24, 24, 38, 38]);
  });

  test("of a single reading are one", async () => {
    const found = await findTelemetryBuckets(db, { fileId: 3 }, 100);
    expect(found?.buckets).toHaveLength(1);
  });

  test("of no readings are undefined", async () => {
    expect(await findTelemetryBuckets(db, { fileId: 4 }, 10)).toBeUndefined();
    const later = { fileId: 1, since: "2025-01-01T00:00:00Z" };
    expect(await findTelemetryBuckets(db, later, 10)).toBeUndefined();
  });
});

describe("instruments", () => {
  test("are told when they say something else, the first reading included", async () => {
    const range = { since: "2024-05-01T12:00:08.5Z", until: "2024-05-01T12:00:12.5Z" };
    const found = await findInstrumentChanges(db, { fileId: 1, ...range }, 10);
    expect(
      found.changes.map(({ line, instrument, before, value }) => [line, instrument, before, value]),
    ).toEqual([
      [10, "instrument1", null, "on"],
      [10, "instrument2", null, "ok"],
      [11, "instrument1", "on", "off"],
      [12, "instrument1", "off", "on"],
    ]);
    expect(found.isCut).toBe(false);
  });

  test("that change too often are cut, and it is said", async () => {
    const found = await findInstrumentChanges(db, { fileId: 1 }, 3);
    expect([found.changes.length, found.isCut]).toEqual([4, true]);
  });
});

describe("satellites", () => {
  test("have counts, the range of their data and their latest reading", async () => {
    const [mk1, mk2] = await summariseSatellites(db);
    expect(mk1).toMatchObject({
      satelliteType: "jackal_mk1",
      packages: 2,
      importedLines: 200,
      firstTimestamp: "2024-05-01T12:00:00.500000Z",
      lastTimestamp: "2024-05-01T13:03:18.500000Z",
      latest: { fileId: 2, line: 101, timestamp: "2024-05-01T13:03:18.500000Z" },
    });
    expect(mk2).toMatchObject({ satelliteType: "jackal_mk2", packages: 2, importedLines: 1 });
  });

  const query = { satelliteType: "jackal_mk1", buckets: 4, leastGapSeconds: 60, mostGaps: 10 };

  test("are covered in parts, and have gaps between packages", async () => {
    const found = await findCoverage(db, query);
    expect(found?.gaps).toEqual([
      { from: "2024-05-01T12:01:39.500000Z", to: "2024-05-01T13:01:39.500000Z", seconds: 3600 },
    ]);
    const shares = found?.buckets.map(({ share }) => Math.round(share * 1000));
    expect(shares).toEqual([104, 0, 0, 104]);
  });

  test("have no gap that is shorter than asked for", async () => {
    const found = await findCoverage(db, { ...query, leastGapSeconds: 3600 });
    expect(found?.gaps).toEqual([]);
    expect(found?.buckets.map(({ share }) => Math.round(share * 1000))).toEqual([
      1000, 1000, 1000, 1000,
    ]);
  });

  test("of a range that ends before it begins are none, although a package spans both ends", async () => {
    const range = { since: "2024-05-01T12:01:00Z", until: "2024-05-01T12:00:30Z" };
    expect(await findCoverage(db, { ...query, ...range })).toBeUndefined();
  });

  test("that have no readings are not covered", async () => {
    expect(await findCoverage(db, { ...query, satelliteType: "heron_mk1" })).toBeUndefined();
  });
});
