// Readings: of one package, of a satellite type in a range of time, and what there is of each type.
import { findCoverage } from "../../queries/coverage.ts";
import { hasFile } from "../../queries/file-story.ts";
import { findInstrumentChanges } from "../../queries/instrument-changes.ts";
import type { Queryable } from "../../queries/queryable.ts";
import { dayBeforeEnd, type Readings } from "../../queries/readings.ts";
import { summariseSatellites } from "../../queries/satellites.ts";
import { findTelemetryBuckets } from "../../queries/telemetry-buckets.ts";
import { findFilePoints, findTypePoints, type PointPlace } from "../../queries/telemetry-points.ts";
import { satelliteTypes } from "../../satellites/index.ts";
import type { Api, ApiContext } from "../context.ts";
import { problem } from "../problems.ts";
import { read } from "../reading.ts";
import { fileParamsSchema } from "../schemas/files.ts";
import { type Satellite, satellitesQuerySchema, satellitesSchema } from "../schemas/satellites.ts";
import {
  fileTelemetryQuerySchema,
  type Telemetry,
  telemetryAnswerSchema,
  telemetryQuerySchema,
} from "../schemas/telemetry.ts";
import { described, json, orProblem, shared } from "./described.ts";

/** A plot of states has no use for more. */
const mostChangedReadings = 1_000;
const mostGaps = 100;

export function addTelemetry(api: Api, context: ApiContext): void {
  api.get(
    "/api/v1/files/:id/telemetry",
    {
      ...shared,
      schema: {
        ...described("fileTelemetry", "The readings of a package", "telemetry"),
        params: fileParamsSchema,
        querystring: fileTelemetryQuerySchema,
        response: { 200: json(telemetryAnswerSchema), ...orProblem() },
      },
    },
    async ({ params, query }) => {
      const { buckets, after, limit, ...range } = query;
      const readings = { fileId: params.id, ...range };
      return read(context, async (db) => {
        if (!(await hasFile(db, params.id))) {
          throw problem("no_such_package", `there is no package ${params.id}`);
        }
        if (buckets !== undefined) return inBuckets(db, readings, buckets);
        const { points, next } = await findFilePoints(db, { ...readings, after, limit });
        return { kind: "points", points, next: next === null ? null : String(next) };
      });
    },
  );

  api.get(
    "/api/v1/telemetry",
    {
      ...shared,
      schema: {
        ...described("telemetry", "The readings of a satellite type", "telemetry"),
        querystring: telemetryQuerySchema,
        response: { 200: json(telemetryAnswerSchema), ...orProblem() },
      },
    },
    async ({ query }) => {
      const { buckets, after, limit, ...asked } = query;
      return read(context, async (db) => {
        const readings = await withinADay(db, asked);
        if (buckets !== undefined) return inBuckets(db, readings, buckets);
        const from = { readings, after: placeOf(after), limit };
        const { points, next } = await findTypePoints(db, from);
        return {
          kind: "points",
          points,
          next: next === null ? null : placeText(next),
        };
      });
    },
  );

  api.get(
    "/api/v1/satellites",
    {
      ...shared,
      schema: {
        ...described("satellites", "What there is of each satellite type", "telemetry"),
        querystring: satellitesQuerySchema,
        response: { 200: json(satellitesSchema), ...orProblem() },
      },
    },
    async ({ query }) => {
      const { buckets, gapSeconds: leastGapSeconds, ...range } = query;
      return read(context, async (db) => {
        const satellites: Satellite[] = [];
        for (const summary of await knownSatellites(db)) {
          const { satelliteType } = summary;
          const asked = { satelliteType, ...range, buckets, leastGapSeconds, mostGaps };
          const coverage = (await findCoverage(db, asked)) ?? null;
          satellites.push({ ...summary, coverage });
        }
        return { satellites };
      });
    },
  );
}

/** Without a beginning: the day before the end, or before the latest reading. All of them could be too many. */
async function withinADay(db: Queryable, readings: Readings): Promise<Readings> {
  if (readings.since !== undefined) return readings;
  return { ...readings, since: await dayBeforeEnd(db, readings) };
}

async function inBuckets(db: Queryable, readings: Readings, count: number): Promise<Telemetry> {
  const found = await findTelemetryBuckets(db, readings, count);
  if (found === undefined) {
    return { ...noBuckets, kind: "buckets", buckets: [], changes: [] };
  }
  const { changes, isCut } = await findInstrumentChanges(db, readings, mostChangedReadings);
  return { kind: "buckets", ...found, changes, changesAreCut: isCut };
}

const noBuckets = { from: null, to: null, bucketSeconds: 0, changesAreCut: false };

/** The types that the program knows, and those of which there are packages for another reason. */
async function knownSatellites(db: Queryable): Promise<Omit<Satellite, "coverage">[]> {
  const found = new Map((await summariseSatellites(db)).map((one) => [one.satelliteType, one]));
  const names = new Set([...satelliteTypes.keys(), ...found.keys()]);
  return [...names].sort().map((satelliteType) => {
    const instruments = [...(satelliteTypes.get(satelliteType)?.instruments ?? [])];
    return { ...nothing, satelliteType, ...found.get(satelliteType), instruments };
  });
}

const nothing = {
  packages: 0,
  importedLines: 0,
  errors: 0,
  firstTimestamp: null,
  lastTimestamp: null,
  latest: null,
};

function placeText({ timestamp, fileId, line }: PointPlace): string {
  return `${timestamp},${fileId},${line}`;
}

function placeOf(text: string | undefined): PointPlace | undefined {
  if (text === undefined) return undefined;
  const [timestamp = "", fileId, line] = text.split(",");
  return { timestamp, fileId: Number(fileId), line: Number(line) };
}
