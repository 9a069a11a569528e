// The one transaction by which a package advances: rows, rejected lines, counters and checkpoint together or not at
// all. Fenced twice: by the owner's epoch, which stops a run that was replaced, and by the old checkpoint, which stops
// the same batch from going in again. What to do when it fails is decided elsewhere (batch-committer.ts).
import type pg from "pg";
import { CopyCountError, NotCommittedError } from "../errors.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type {
  ChunkSlice,
  FilePosition,
  PackageHeader,
  StagedBatch,
} from "../staging/staging-store.ts";
import { type BatchFault, classify, type Written } from "./batch-fault.ts";
import { PieceMemory } from "./binary-copy.ts";
import { type CopyPiece, copyRows } from "./copy-stream.ts";
import { copyRejected, encodeRejected, rejectedLines } from "./rejected-rows.ts";
import { copyTelemetry, encodeTelemetry } from "./telemetry-rows.ts";
import type { Pacing } from "./throttle.ts";
import { timestamptzText } from "./timestamptz-text.ts";

/** The part of a run that a transaction has to know. */
export interface BatchOwner {
  readonly fileId: number;
  readonly epoch: number;
  /** Where the ledger's checkpoint stands. */
  readonly checkpoint: FilePosition;
  /** Rejected lines counted so far, which decides how many more are stored. */
  readonly errors: number;
  /** To be recorded by the next commit. */
  readonly header: PackageHeader | undefined;
}

interface TransactionLimits {
  readonly maxRejectsStored: number;
  readonly lockMs: number;
  /** How long the batch before it is waited for. Default: a little less than the server bears. */
  readonly placeMs?: number;
}

/** How the table stands after the attempt. "unknown": COMMIT was sent, and its answer lost. */
export type TransactionOutcome =
  | { readonly kind: "committed"; readonly imported: number; readonly rejected: number }
  /** The ledger row is not where this run left it: another owner has the package. */
  | { readonly kind: "fenced" }
  /** The batch before it is not in, or not yet: its rows were sent for nothing. */
  | { readonly kind: "not_next" }
  /** It never had its turn: by now the ceiling allows fewer rows at once. */
  | { readonly kind: "too_large" }
  /** The file is no longer the one that was hashed; only asked for the last batch. */
  | { readonly kind: "file_changed" }
  | { readonly kind: "unknown"; readonly error: unknown }
  | { readonly kind: "fault"; readonly fault: BatchFault; readonly error: unknown };

/** How the good lines reach the server: all in one COPY, or narrowed down around lines that it refuses. */
export type Loader = (
  client: pg.PoolClient,
  fileId: number,
  slices: readonly ChunkSlice[],
) => Promise<void>;

export interface TransactionTools extends TransactionLimits {
  readonly faults: FaultPoints;
  readonly load: Loader;
  /** Whether the batch before it is in, which may be committed while the rows of this one are sent. */
  readonly isNext: Promise<boolean>;
  /** Whether the file is still as it was when it was hashed. */
  readonly isFileUnchanged: () => Promise<boolean>;
}

/** Between two statements of a transaction there is no more than some encoding to be done, and a wait for its place. */
const longestIdleMs = 10_000;
const longestPlaceMs = longestIdleMs - 2_000;

/** @param epoch "" for the beginning that all runs of a package share. */
export const applicationName = (fileId: number, epoch: number | ""): string =>
  `downlink file ${fileId} epoch ${epoch}`;

/** Writes a batch in one transaction. The client is fit for reuse only if the outcome is "committed". */
export async function runTransaction(
  client: pg.PoolClient,
  owner: BatchOwner,
  batch: StagedBatch,
  tools: TransactionTools,
): Promise<TransactionOutcome> {
  const { faults } = tools;
  let written: Written = "other";
  try {
    await faults.at("before_begin");
    await begin(client, owner, tools);
    written = "telemetry";
    await tools.load(client, owner.fileId, batch.slices);
    await faults.at("after_copy");
    written = "rejected_lines";
    const { imported, rejected } = countLines(batch);
    await storeRejected(client, owner, batch, tools.maxRejectsStored);
    written = "other";
    if (!(await hasPlace(tools))) return { kind: "not_next" };
    await faults.at("before_checkpoint");
    if (!(await advance(client, owner, batch, imported, rejected))) return { kind: "fenced" };
    if (batch.last) {
      await faults.at("before_last_commit");
      if (!(await tools.isFileUnchanged())) return { kind: "file_changed" };
    }
    await faults.at("before_commit");
    return await commit(client, { kind: "committed", imported, rejected }, faults);
  } catch (error) {
    if (error instanceof CopyCountError) throw error;
    return { kind: "fault", fault: classify(error, written), error };
  }
}

/**
 * What this transaction writes goes to the disk by and by. Left to the kernel it goes after half a minute, all at once,
 * and commits of others stand behind it for a tenth of a second. Where the server knows no such setting it does nothing.
 */
const writeByAndBy = {
  name: "downlink write by and by",
  // In blocks: 1 MB of those of 8 kB. Limits are text, and nothing says in which order the conditions are looked at.
  text: `SELECT set_config(name, '128', true) FROM pg_settings
          WHERE name = 'backend_flush_after' AND context = 'user' AND max_val <> '0'`,
};
/** With fewer rows a transaction leaves too little to be worth the question. */
const flushedRows = 10_000;

/** All good lines in one COPY. */
export function loadWhole(faults: FaultPoints, pacing: Pacing): Loader {
  return async (client, fileId, slices) => {
    const rows = countGood(slices);
    if (rows === 0) return;
    if (rows >= flushedRows && Number.isFinite(pacing.pieceRows)) await client.query(writeByAndBy);
    const memory = new PieceMemory();
    async function* pieces(): AsyncGenerator<CopyPiece> {
      for (const { chunk, from, to } of slices) {
        for (let at = from; at < to; ) {
          const { pieceRows } = pacing;
          const end = Math.min(to, at + pieceRows);
          const piece = encodeTelemetry(fileId, { chunk, from: at, to: end }, memory);
          at = end;
          yield { ...piece, isUrgent: Number.isFinite(pieceRows) };
          await faults.at("mid_copy");
          await pacing.rest(piece.rows);
        }
      }
    }
    await copyRows(client, copyTelemetry, pieces());
  };
}

export function countLines({ slices, lines }: StagedBatch): { imported: number; rejected: number } {
  const imported = countGood(slices);
  return { imported, rejected: lines - imported };
}

function countGood(slices: readonly ChunkSlice[]): number {
  let good = 0;
  for (const { chunk, from, to } of slices) {
    const { status } = chunk.columns;
    for (let index = from; index < to; index++) if (status[index] === 0) good++;
  }
  return good;
}

async function begin(
  client: pg.PoolClient,
  { fileId, epoch }: BatchOwner,
  { lockMs }: TransactionLimits,
): Promise<void> {
  // A successor that has to end this backend knows it by its name. It would wait for ever on the ledger row of a
  // transaction whose daemon stands still or cannot be reached any more: the server ends that one by itself.
  // One question and not two, which takes no parameters: the name is a constant and two numbers.
  await client.query(
    `BEGIN; SET LOCAL application_name = ${client.escapeLiteral(applicationName(fileId, epoch))};
     SET LOCAL lock_timeout = ${lockMs}; SET LOCAL idle_in_transaction_session_timeout = ${longestIdleMs}`,
  );
}

/** Whether the batch before it came in, in time. Asked by every transaction: so without a signal, and its error. */
async function hasPlace({
  isNext,
  placeMs = longestPlaceMs,
}: Pick<TransactionTools, "isNext" | "placeMs">): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, placeMs, false);
  });
  try {
    return await Promise.race([isNext, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function storeRejected(
  client: pg.PoolClient,
  { fileId, errors }: BatchOwner,
  batch: StagedBatch,
  maxRejectsStored: number,
): Promise<void> {
  const stored = rejectedLines(batch, Math.max(0, maxRejectsStored - errors));
  if (stored.length === 0) return;
  function* pieces(): Generator<CopyPiece> {
    const enough = 64 * 1024;
    let held: Buffer[] = [];
    let bytes = 0;
    for (const line of stored) {
      const row = encodeRejected(fileId, line);
      held.push(row);
      bytes += row.length;
      if (bytes < enough) continue;
      yield { rows: held.length, bytes: Buffer.concat(held) };
      [held, bytes] = [[], 0];
    }
    yield { rows: held.length, bytes: Buffer.concat(held) };
  }
  await copyRows(client, copyRejected, pieces());
}

/** Moves checkpoint and counters. @returns false if the row is not where this run left it */
async function advance(
  client: pg.PoolClient,
  { fileId, epoch, checkpoint, header }: BatchOwner,
  batch: StagedBatch,
  imported: number,
  rejected: number,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "downlink advance",
    text: `UPDATE files SET checkpoint_line = $4, checkpoint_offset = $5,
            total_lines = total_lines + $6::bigint + $7::bigint, imported_lines = imported_lines + $6, errors = errors + $7,
            first_timestamp = least(first_timestamp, $8), last_timestamp = greatest(last_timestamp, $9),
            attempts = 0, updated_at = now(),
            status = CASE WHEN $10 THEN 'complete' ELSE status END,
            completed_at = CASE WHEN $10 THEN now() END,
            owner = CASE WHEN $10 THEN NULL ELSE owner END,
            satellite_type = coalesce($11, satellite_type), header = coalesce($12::jsonb, header)
      WHERE id = $1 AND owner_epoch = $2 AND checkpoint_line = $3 AND status = 'processing'`,
    values: [
      fileId,
      epoch,
      checkpoint.line,
      batch.next.line,
      batch.next.offset,
      imported,
      rejected,
      ...timeRange(batch),
      batch.last,
      header?.satelliteType,
      header?.text,
    ],
  });
  return rowCount === 1;
}

/** First and last time of the good lines, as text that timestamptz reads; null where there are none. */
function timeRange({ slices }: StagedBatch): [string | null, string | null] {
  let first: bigint | undefined;
  let last: bigint | undefined;
  for (const { chunk, from, to } of slices) {
    const { status, timestampUs } = chunk.columns;
    for (let index = from; index < to; index++) {
      const us = timestampUs[index];
      if (status[index] !== 0 || us === undefined) continue;
      if (first === undefined || us < first) first = us;
      if (last === undefined || us > last) last = us;
    }
  }
  return [timestamptzText(first), timestamptzText(last)];
}

/** After COMMIT was sent an error says nothing of what became of it. */
async function commit(
  client: pg.PoolClient,
  committed: Extract<TransactionOutcome, { kind: "committed" }>,
  faults: FaultPoints,
): Promise<TransactionOutcome> {
  try {
    const answer = client.query("COMMIT");
    answer.catch(() => {}); // Handled below, also when the fault point throws first.
    await faults.at("commit_sent");
    const { command } = await answer;
    // COMMIT of a failed transaction is no error: it answers ROLLBACK.
    if (command !== "COMMIT") throw new NotCommittedError(`COMMIT answered ${command}`);
  } catch (error) {
    return { kind: "unknown", error };
  }
  await faults.at("after_commit");
  return committed;
}
