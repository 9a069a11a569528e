// One attempt at a batch: its turn in the throttle, a connection of its own, a deadline. What a failure means for the
// next attempt is decided elsewhere (batch-committer.ts).
import type pg from "pg";
import type { Database } from "../database/database.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { StagedBatch } from "../staging/staging-store.ts";
import type { Lifetime } from "../supervisor/component.ts";
import {
  type BatchOwner,
  countLines,
  type Loader,
  runTransaction,
  type TransactionOutcome,
} from "./batch-transaction.ts";
import type { Pacing, Throttle } from "./throttle.ts";

/** A transaction that takes longer is cut, and half as much is tried: a server that answers no more may stand still. */
const longestTransactionMs = 60_000;
/** How long to wait for keys that another transaction holds: an older run of the same package, which is then ended. */
const lockMs = 2_000;

export interface AttemptOptions {
  readonly database: Database;
  readonly throttle: Throttle;
  readonly faults: FaultPoints;
  readonly maxRejectsStored: number;
  readonly isFileUnchanged: () => Promise<boolean>;
  /** Default 60 000. */
  readonly transactionMs?: number;
}

/** How an attempt is made. */
export interface Manner {
  /** What brings the good lines to the server, with rests in between. */
  readonly load: (pacing: Pacing) => Loader;
  /** Whether the batch before it is in: asked when the rows were sent, before the ledger is touched. */
  readonly isNext: Promise<boolean>;
  /** Called when it has its turn. */
  readonly begun: () => void;
}

export interface Attempted {
  readonly outcome: TransactionOutcome;
  /** Of the transaction. */
  readonly seconds: number;
}

/** Writes the batch in one transaction, in its turn. @throws the reason of `stopping` while it waits for that */
export async function attemptBatch(
  owner: BatchOwner,
  batch: StagedBatch,
  manner: Manner,
  options: AttemptOptions,
  lifetime: Lifetime,
): Promise<Attempted> {
  const { database, throttle, maxRejectsStored } = options;
  const { stopping } = lifetime;
  const { pool } = await database.whenReady(stopping);
  const { imported, rejected } = countLines(batch);
  const stored = Math.min(rejected, Math.max(0, maxRejectsStored - owner.errors));
  const turn = { fileId: owner.fileId, rows: imported + stored };
  const work = async (pacing: Pacing): Promise<Attempted> => {
    manner.begun();
    // While it waited for its turn the batch before may have failed: then nothing need be sent.
    if (!(await Promise.race([manner.isNext, true])))
      return { outcome: { kind: "not_next" }, seconds: 0 };
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      const outcome = { kind: "fault", fault: { kind: "away" }, error } as const; // Whatever it has against us.
      return { outcome, seconds: 0 };
    }
    return transact(client, owner, batch, manner, pacing, options, lifetime);
  };
  return throttle.run(turn, stopping, work, {
    hasWritten: ({ outcome }) => outcome.kind === "committed",
    tooLarge: () => ({ outcome: { kind: "too_large" }, seconds: 0 }),
  });
}

async function transact(
  client: pg.PoolClient,
  owner: BatchOwner,
  batch: StagedBatch,
  { load, isNext }: Manner,
  pacing: Pacing,
  options: AttemptOptions,
  { killed }: Lifetime,
): Promise<Attempted> {
  const { faults, maxRejectsStored, isFileUnchanged } = options;
  const { transactionMs = longestTransactionMs } = options;
  const begunAtMs = performance.now();
  let tookTooLong = false;
  // Ending a client amid a statement destroys its connection; the server rolls back what is not committed.
  const cut = (): void => void client.end();
  // What it rested for others is not the server's time.
  const leftMs = (): number => transactionMs + pacing.restedMs - (performance.now() - begunAtMs);
  const cutIfLate = (): void => {
    if (leftMs() >= 1) deadline = setTimeout(cutIfLate, leftMs());
    else {
      tookTooLong = true;
      cut();
    }
  };
  let deadline = setTimeout(cutIfLate, transactionMs);
  killed.addEventListener("abort", cut, { once: true });
  if (killed.aborted) cut(); // While it waited for the connection.
  let outcome: TransactionOutcome | undefined;
  try {
    const tools = { faults, load: load(pacing), isNext, isFileUnchanged, maxRejectsStored, lockMs };
    outcome = await runTransaction(client, owner, batch, tools);
  } finally {
    clearTimeout(deadline);
    killed.removeEventListener("abort", cut);
    client.release(outcome?.kind !== "committed"); // At any doubt the connection is not used again.
  }
  if (tookTooLong && outcome.kind === "fault")
    outcome = { ...outcome, fault: { kind: "too_slow" } };
  return { outcome, seconds: (performance.now() - begunAtMs) / 1_000 };
}
