// The design that this project descends from: one INSERT for each line, fifty of them, then a second of rest for the
// database. Only a few batches are run; the time for all lines is extrapolated from them.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { type Load, type Method, ownCpuSeconds, secondsOf } from "./method.ts";

const batchLines = 50;
const restMs = 1_000;
const batches = 3;

const insert = `INSERT INTO telemetry
  (file_id, line, timestamp, velocity, altitude, latitude, longitude, instruments)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

export const lineByLine: Method = {
  name: "INSERT a line, 50 a second",
  onlyGoodLines: true,
  isExtrapolated: true,
  async run({ server }, load) {
    const texts = await firstLines(load.original, batchLines * batches);
    const seconds = await server.withClient((client) =>
      secondsOf(async () => {
        for (let first = 0; first < texts.length; first += batchLines) {
          await insertEach(client, load, texts.slice(first, first + batchLines), first + 2);
          await delay(restMs);
        }
      }),
    );
    return (seconds / texts.length) * load.lines;
  },
  clientCpuSeconds: ownCpuSeconds,
};

async function insertEach(
  client: pg.Client,
  { satelliteType: { keys, instruments } }: Load,
  texts: readonly string[],
  firstLine: number,
): Promise<void> {
  for (const [at, text] of texts.entries()) {
    const line: Readonly<Record<string, unknown>> = JSON.parse(text);
    const measured = [keys.timestamp, keys.velocity, keys.altitude, keys.latitude, keys.longitude];
    const said = Object.fromEntries(instruments.map((name) => [name, line[name]]));
    const values = [1, firstLine + at, ...measured.map((key) => line[key]), JSON.stringify(said)];
    await client.query(insert, values);
  }
}

/** The first lines behind the header. */
async function firstLines(path: string, count: number): Promise<string[]> {
  const lines: string[] = [];
  const input = createReadStream(path);
  for await (const line of createInterface({ input })) {
    lines.push(line);
    if (lines.length > count) break;
  }
  input.destroy();
  return lines.slice(1);
}
