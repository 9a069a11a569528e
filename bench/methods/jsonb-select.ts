// What a database person would write: the lines as they are into a jsonb column of a temporary table, then one INSERT
// SELECT that takes them apart into the same columns, with the same ranges. It has no answer to a bad line: the first
// one ends it.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { SatelliteType } from "../../src/satellites/satellite.ts";
import { type Method, ownCpuSeconds, secondsOf } from "./method.ts";
import { chunksOf } from "./prepared-rows.ts";

// CSV with a quote and a delimiter that no line has takes each line as it is. (The text format wants backslashes doubled.)
const copyLines = String.raw`COPY incoming (document) FROM STDIN
  (FORMAT csv, HEADER true, QUOTE E'\x01', DELIMITER E'\x02')`;
const makeTable = `CREATE TEMPORARY TABLE incoming (
  line integer GENERATED ALWAYS AS IDENTITY (START WITH 2), document jsonb) ON COMMIT DROP`;

export const jsonbSelect: Method = {
  name: "jsonb, INSERT SELECT",
  onlyGoodLines: true,
  isExtrapolated: false,
  async run({ server }, { original, satelliteType }) {
    const chunks = await chunksOf(original);
    return server.withClient((client) => secondsOf(() => load(client, chunks, satelliteType)));
  },
  clientCpuSeconds: ownCpuSeconds,
};

async function load(
  client: pg.Client,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  satelliteType: SatelliteType,
): Promise<void> {
  await client.query("BEGIN");
  await client.query(makeTable);
  await pipeline(Readable.from(chunks), client.query(copyFrom(copyLines)));
  await client.query(insertSelect(satelliteType));
  await client.query("COMMIT");
}

/** The keys are constants of the satellite types. */
function insertSelect({ keys, instruments }: SatelliteType): string {
  const value = (key: string, type: string): string => `(document->>'${key}')::${type}`;
  const said = instruments.map((name) => `'${name}', document->'${name}'`).join(", ");
  return `INSERT INTO telemetry
    SELECT 1, line, ${value(keys.timestamp, "timestamptz")}, ${value(keys.velocity, "float8")},
           ${value(keys.altitude, "float8")}, ${value(keys.latitude, "float8")},
           ${value(keys.longitude, "float8")}, jsonb_build_object(${said})
      FROM incoming
     WHERE ${value(keys.latitude, "float8")} BETWEEN -90 AND 90
       AND ${value(keys.longitude, "float8")} BETWEEN -180 AND 180`;
}
