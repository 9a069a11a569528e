// The rows of a package as the server takes them fastest, made before anything is measured: what the daemon has loaded,
// copied out of the table by the server itself. So all methods load the same rows, and nothing here knows how the daemon
// encodes them.
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { to as copyTo } from "pg-copy-streams";
import type { Stage } from "../stage/stage.ts";

/** What COPY reads and writes. */
export type CopyFormat = "binary" | "text";

export interface PreparedRows {
  readonly binary: string;
  readonly text: string;
}

/** The rows that are in the table now. */
export async function prepareRows(stage: Stage, name: string): Promise<PreparedRows> {
  const paths = {
    binary: join(stage.dir, `${name}.binary`),
    text: join(stage.dir, `${name}.text`),
  };
  await stage.server.withClient(async (client) => {
    for (const format of ["binary", "text"] as const) {
      const rows = client.query(copyTo(`COPY telemetry TO STDOUT (FORMAT ${format})`));
      await pipeline(rows, createWriteStream(paths[format]));
    }
  });
  return paths;
}

const chunkBytes = 256 * 1_024;
/** What is larger is read while it is sent. */
const mostBytesInMemory = 512 * 2 ** 20;

/** A file as chunks to be sent, in memory already if it is not too large. */
export async function chunksOf(path: string): Promise<Iterable<Buffer> | AsyncIterable<Buffer>> {
  const stream = createReadStream(path, { highWaterMark: chunkBytes });
  if ((await stat(path)).size > mostBytesInMemory) return stream;
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
