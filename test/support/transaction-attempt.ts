// One attempt at a batch's transaction, on a connection of its own.

import type pg from "pg";
import { noFaults } from "../../src/observability/fault-points.ts";
import {
  type BatchOwner,
  loadWhole,
  runTransaction,
  type TransactionOutcome,
  type TransactionTools,
} from "../../src/persister/batch-transaction.ts";
import type { StagedBatch } from "../../src/staging/staging-store.ts";
import { noRest } from "./free-throttle.ts";
import type { MigratedDatabase } from "./migrated-database.ts";

/** Runs the batch on a connection that is gone afterwards, as after an attempt that failed. */
export async function attempt(
  { pool }: MigratedDatabase,
  owner: BatchOwner,
  batch: StagedBatch,
  change: (client: pg.PoolClient) => Partial<TransactionTools> = () => ({}),
): Promise<TransactionOutcome> {
  const client = await pool.connect();
  try {
    return await runTransaction(client, owner, batch, {
      faults: noFaults,
      load: loadWhole(noFaults, noRest),
      isNext: Promise.resolve(true),
      isFileUnchanged: () => Promise.resolve(true),
      maxRejectsStored: 1_000,
      lockMs: 2_000,
      ...change(client),
    });
  } finally {
    client.release(true);
  }
}
