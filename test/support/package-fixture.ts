// A package as the persister gets it: lines that the real parser has read, as chunks and batches, and its row in the
// ledger. No file and no worker thread.
import { createHash, randomUUID } from "node:crypto";
import type { LedgerRow } from "../../src/database/ledger.ts";
import { parseLines } from "../../src/parsers/parse-lines.ts";
import type { BatchOwner } from "../../src/persister/batch-transaction.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import type { SatelliteType } from "../../src/satellites/satellite.ts";
import { StagedChunk } from "../../src/staging/staged-chunk.ts";
import type { FilePosition, StagedBatch } from "../../src/staging/staging-store.ts";
import type { MigratedDatabase } from "./migrated-database.ts";

/** A line of a jackal_mk1 that nobody has anything against, with what is changed in it. */
export function goodLine(change: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    timestamp: "2023-12-26T09:34:27.602982Z",
    velocity: 8020.29,
    altitude: 300_047.9,
    latitude: -11.06,
    longitude: -37.829,
    instrument1: "ok",
    instrument2: "",
    ...change,
  });
}

/** A line that the parser rejects. */
export const badLine = "no JSON";

/** `count` good lines, told apart by their velocity: 0, 1, 2… */
export function goodLines(count: number): string[] {
  return Array.from({ length: count }, (_, velocity) => goodLine({ velocity }));
}

/** Behind a header of 32 bytes. */
export const afterHeader: FilePosition = { line: 2, offset: 32 };

/** The lines as one chunk that begins at `from`. */
export function chunkOf(
  lines: readonly (string | Uint8Array)[],
  from: FilePosition = afterHeader,
  satelliteType: SatelliteType = jackalMk1,
): StagedChunk {
  const source = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]));
  const { columns, physicalLines } = parseLines(source, { satelliteType, maxLineBytes: 10_000 });
  return new StagedChunk(source, columns, {
    firstLine: from.line,
    firstOffset: from.offset,
    physicalLines,
    byteLength: source.length,
  });
}

/** Chunks that follow each other. */
export function chunksOf(
  chunks: readonly (readonly string[])[],
  from: FilePosition = afterHeader,
): StagedChunk[] {
  let at = from;
  return chunks.map((lines) => {
    const chunk = chunkOf(lines, at);
    at = behind(chunk);
    return chunk;
  });
}

/** Where reading goes on after a chunk. */
export function behind({ place }: StagedChunk): FilePosition {
  return {
    line: place.firstLine + place.physicalLines,
    offset: place.firstOffset + place.byteLength,
  };
}

/** Whole chunks as one batch. */
export function batchOf(
  chunks: readonly StagedChunk[],
  { last = false }: { readonly last?: boolean } = {},
): StagedBatch {
  const end = chunks.at(-1);
  return {
    kind: "batch",
    slices: chunks.map((chunk) => ({ chunk, from: 0, to: chunk.count })),
    lines: chunks.reduce((lines, { count }) => lines + count, 0),
    next: end === undefined ? afterHeader : behind(end),
    last,
  };
}

/** A batch of one chunk. */
export function batchOfLines(lines: readonly string[], last = false, from?: FilePosition) {
  return batchOf([chunkOf(lines, from)], { last });
}

/** Enters a new package of the daemon "test" and begins a run of it. */
export async function beginPackage({ ledger, rows }: MigratedDatabase): Promise<LedgerRow> {
  const [reserved] = await rows<{ id: string }>(
    "SELECT nextval(pg_get_serial_sequence('files', 'id')) AS id",
  );
  const id = Number(reserved?.id);
  const sha256 = createHash("sha256").update(randomUUID()).digest("hex");
  const row = await ledger.enter({ id, name: `package ${id}`, sha256, sizeBytes: 1_000 });
  if (row === undefined) throw new Error("the new package is not ours");
  return row;
}

export function ownerOf(row: LedgerRow): BatchOwner {
  const checkpoint = { line: row.checkpointLine, offset: row.checkpointOffset };
  return {
    fileId: row.id,
    epoch: row.ownerEpoch,
    checkpoint,
    errors: row.errors,
    header: undefined,
  };
}

/** What the database says of a package, in words that tests compare. */
export interface Stored {
  readonly status: string;
  readonly total: number;
  readonly imported: number;
  readonly errors: number;
  readonly checkpoint: number;
  /** Lines in `telemetry`. */
  readonly lines: number[];
  /** Lines in `rejected_lines`. */
  readonly rejected: number[];
}

/** One look at the ledger and the rows: what another session sees at this moment. */
export async function stored({ rows }: MigratedDatabase, fileId: number): Promise<Stored> {
  const [found] = await rows<Stored>(
    `SELECT status, total_lines::int AS total, imported_lines::int AS imported, errors::int,
            checkpoint_line::int AS checkpoint,
            ARRAY(SELECT line FROM telemetry WHERE file_id = $1 ORDER BY line) AS lines,
            ARRAY(SELECT line FROM rejected_lines WHERE file_id = $1 ORDER BY line) AS rejected
       FROM files WHERE id = $1`,
    [fileId],
  );
  if (found === undefined) throw new Error(`no row for package ${fileId}`);
  return found;
}

/** The numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
