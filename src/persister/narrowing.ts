// Loads the good lines of a batch around those that the server refuses: a constraint that somebody added, a value that
// our validation does not know. Each refused line is found, rejected with its SQLSTATE, and the others go in.
import type pg from "pg";
import { databaseError } from "../database/faults.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { StagedChunk } from "../staging/staged-chunk.ts";
import type { ChunkSlice } from "../staging/staging-store.ts";
import { classify } from "./batch-fault.ts";
import type { Loader } from "./batch-transaction.ts";
import { copyRows } from "./copy-stream.ts";
import { copyTelemetry, encodeTelemetry } from "./telemetry-rows.ts";

interface Line {
  readonly chunk: StagedChunk;
  readonly index: number;
}

const longestDetail = 200;

/**
 * Sends pieces behind savepoints. A piece that is refused says at which row, or is halved until it is one row; after
 * that the pieces are as short as the good stretch was, and grow again, so that a package full of refused lines costs
 * a few statements for each and not a whole batch.
 */
export function loadNarrowing(faults: FaultPoints): Loader {
  return async (client, fileId, slices) => {
    const lines = goodLines(slices);
    for (let at = 0, size = lines.length; at < lines.length; ) {
      const piece = lines.slice(at, at + size);
      const refused = await tryPiece(client, fileId, piece);
      await faults.at("mid_narrowing");
      if (refused === undefined) {
        at += piece.length;
        size *= 2;
      } else if (refused.row === undefined) {
        size = Math.ceil(piece.length / 2);
      } else {
        const [line] = lines.splice(at + refused.row, 1);
        line?.chunk.reject(line.index, "database", refused.detail);
        size = Math.max(1, refused.row);
      }
    }
  };
}

/** @returns undefined if the piece is in; else the place of the refused line in it, as far as that is known */
async function tryPiece(
  client: pg.PoolClient,
  fileId: number,
  piece: readonly Line[],
): Promise<{ row: number | undefined; detail: string } | undefined> {
  await client.query("SAVEPOINT piece");
  try {
    await copyRows(
      client,
      copyTelemetry,
      slicesOf(piece).map((slice) => encodeTelemetry(fileId, slice)),
    );
    await client.query("RELEASE SAVEPOINT piece");
    return undefined;
  } catch (error) {
    const fault = classify(error, "telemetry");
    if (fault.kind !== "line") throw error;
    // Released too, or each one would lie inside the one before, and cost the server memory and time to the end.
    await client.query("ROLLBACK TO SAVEPOINT piece; RELEASE SAVEPOINT piece");
    const said = fault.row !== undefined && fault.row <= piece.length ? fault.row - 1 : undefined;
    const row = piece.length === 1 ? 0 : said;
    return { row, detail: describe(fault.sqlState, error) };
  }
}

function goodLines(slices: readonly ChunkSlice[]): Line[] {
  const lines: Line[] = [];
  for (const { chunk, from, to } of slices) {
    for (let index = from; index < to; index++)
      if (chunk.isGood(index)) lines.push({ chunk, index });
  }
  return lines;
}

/** The stretches of chunks in which exactly these lines are good. */
function slicesOf(piece: readonly Line[]): ChunkSlice[] {
  const slices: ChunkSlice[] = [];
  for (const { chunk, index } of piece) {
    const last = slices.at(-1);
    if (last?.chunk === chunk) slices[slices.length - 1] = { ...last, to: index + 1 };
    else slices.push({ chunk, from: index, to: index + 1 });
  }
  return slices;
}

function describe(sqlState: string, error: unknown): string {
  const cause = databaseError(error);
  const message = cause instanceof Error ? cause.message : "";
  return `${sqlState} ${message}`.slice(0, longestDetail).toWellFormed().replaceAll("\0", "");
}
