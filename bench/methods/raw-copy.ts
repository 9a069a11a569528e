// One COPY of rows that were prepared beforehand, from memory, in one transaction: what the server takes to store them
// and nothing else. In binary that is the limit for everybody who loads rows; in text, what most tools do.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { type Method, ownCpuSeconds, secondsOf } from "./method.ts";
import { type CopyFormat, chunksOf } from "./prepared-rows.ts";

function rawCopy(format: CopyFormat): Method {
  return {
    name: `${format} COPY`,
    onlyGoodLines: false,
    isExtrapolated: false,
    async run({ server }, { prepared }) {
      const chunks = await chunksOf(prepared[format]);
      return server.withClient((client) =>
        secondsOf(() => {
          const copy = client.query(copyFrom(`COPY telemetry FROM STDIN (FORMAT ${format})`));
          return pipeline(Readable.from(chunks), copy);
        }),
      );
    },
    clientCpuSeconds: ownCpuSeconds,
  };
}

export const binaryCopy = rawCopy("binary");
export const textCopy = rawCopy("text");
