// Gets a batch into the database, whatever happens on the way: the attempts, their turn in the throttle, and what each
// failure means for the next one. An outage costs the package nothing; a bug is thrown, for the supervisor.
import type pg from "pg";
import { backoffMs, pause } from "../database/backoff.ts";
import type { Database } from "../database/database.ts";
import { databaseError, errorCode } from "../database/faults.ts";
import { CheckpointError } from "../errors.ts";
import type { Events } from "../observability/events.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { Log } from "../observability/log.ts";
import type { FilePosition, StagedBatch } from "../staging/staging-store.ts";
import type { Lifetime } from "../supervisor/component.ts";
import { classify } from "./batch-fault.ts";
import {
  applicationName,
  type BatchOwner,
  countLines,
  type Loader,
  loadWhole,
  runTransaction,
  type TransactionOutcome,
} from "./batch-transaction.ts";
import { loadNarrowing } from "./narrowing.ts";
import { countReasons } from "./rejected-rows.ts";
import type { Rest, Throttle } from "./throttle.ts";

/** A transaction that takes longer is cut, and half as much is tried: a server that answers no more may stand still. */
const longestTransactionMs = 60_000;
/** How long to wait for keys that another transaction holds: an older run of the same package, which is then ended. */
const lockMs = 2_000;

export interface CommitterOptions {
  readonly database: Database;
  readonly throttle: Throttle;
  readonly faults: FaultPoints;
  readonly log: Log;
  readonly events: Events;
  readonly maxRejectsStored: number;
  readonly isFileUnchanged: () => Promise<boolean>;
  /** Default 60 000. */
  readonly transactionMs?: number;
}

export type CommitOutcome =
  | {
      readonly kind: "committed";
      readonly owner: BatchOwner;
      readonly imported: number;
      readonly rejected: number;
    }
  /** Nothing of the batch is in; a smaller one may pass. */
  | { readonly kind: "too_slow"; readonly owner: BatchOwner }
  | { readonly kind: "file_changed"; readonly owner: BatchOwner }
  | { readonly kind: "let_go" };

/** What to do after an attempt: it is decided, or the batch is tried again as this owner. */
type Next = CommitOutcome | { readonly kind: "again"; readonly owner: BatchOwner };

export class BatchCommitter {
  readonly #options: CommitterOptions;
  readonly #lifetime: Lifetime;
  #load: Loader;
  /** Of the last transaction. */
  #seconds = 0;
  #rest: Rest = () => Promise.resolve();

  constructor(options: CommitterOptions, lifetime: Lifetime) {
    this.#options = options;
    this.#lifetime = lifetime;
    this.#load = this.#loadWhole();
  }

  /** Commits the batch once. @throws what only the supervisor can answer, and the reason of `stopping` amid a wait */
  async commit(first: BatchOwner, batch: StagedBatch): Promise<CommitOutcome> {
    const { log } = this.#options;
    let owner = first;
    this.#load = this.#loadWhole();
    for (let failures = 1; ; failures++) {
      const outcome = await this.#attempt(owner, batch);
      if (isStrain(outcome)) this.#options.throttle.cutOff();
      const next = await this.#afterAttempt(owner, batch, outcome);
      if (next.kind === "committed") this.#publish(owner, batch, next);
      if (next.kind !== "again") return next;
      owner = next.owner;
      if (failures === 1 && "error" in outcome) {
        log.warn(
          { fileId: owner.fileId, err: databaseError(outcome.error) },
          "batch not committed, trying again",
        );
      }
      await pause(backoffMs(failures), this.#lifetime.stopping);
    }
  }

  #loadWhole(): Loader {
    return loadWhole(this.#options.faults, (rows) => this.#rest(rows));
  }

  #publish(
    { fileId, checkpoint }: BatchOwner,
    batch: StagedBatch,
    { imported: rows, rejected }: Extract<CommitOutcome, { kind: "committed" }>,
  ): void {
    const bytes = batch.next.offset - checkpoint.offset;
    const reasons = countReasons(batch);
    const figures = { fileId, rows, rejected, bytes, seconds: this.#seconds, reasons };
    this.#options.events.publish({ kind: "batch_committed", ...figures });
  }

  /** One transaction on a connection of its own, in its turn. */
  async #attempt(owner: BatchOwner, batch: StagedBatch): Promise<TransactionOutcome> {
    const { database, throttle, maxRejectsStored } = this.#options;
    const { stopping } = this.#lifetime;
    const { pool } = await database.whenReady(stopping);
    const { imported, rejected } = countLines(batch);
    const stored = Math.min(rejected, Math.max(0, maxRejectsStored - owner.errors));
    const turn = { fileId: owner.fileId, rows: imported + stored };
    return throttle.run(turn, stopping, async (rest) => {
      this.#rest = rest;
      let client: pg.PoolClient;
      try {
        client = await pool.connect();
      } catch (error) {
        return { kind: "fault", fault: { kind: "away" }, error }; // Whatever it has against us.
      }
      return this.#transact(client, owner, batch);
    });
  }

  async #transact(
    client: pg.PoolClient,
    owner: BatchOwner,
    batch: StagedBatch,
  ): Promise<TransactionOutcome> {
    const { faults, maxRejectsStored, isFileUnchanged } = this.#options;
    const { transactionMs = longestTransactionMs } = this.#options;
    const { killed } = this.#lifetime;
    const begunAtMs = performance.now();
    let tookTooLong = false;
    // Ending a client amid a statement destroys its connection; the server rolls back what is not committed.
    const cut = (): void => void client.end();
    const deadline = setTimeout(() => {
      tookTooLong = true;
      cut();
    }, transactionMs);
    killed.addEventListener("abort", cut, { once: true });
    if (killed.aborted) cut(); // While it waited for the connection.
    let outcome: TransactionOutcome | undefined;
    try {
      const tools = { faults, load: this.#load, isFileUnchanged, maxRejectsStored, lockMs };
      outcome = await runTransaction(client, owner, batch, tools);
    } finally {
      this.#seconds = (performance.now() - begunAtMs) / 1_000;
      clearTimeout(deadline);
      killed.removeEventListener("abort", cut);
      client.release(outcome?.kind !== "committed"); // At any doubt the connection is not used again.
    }
    if (tookTooLong && outcome.kind === "fault") return { ...outcome, fault: { kind: "too_slow" } };
    return outcome;
  }

  async #afterAttempt(
    owner: BatchOwner,
    batch: StagedBatch,
    outcome: TransactionOutcome,
  ): Promise<Next> {
    switch (outcome.kind) {
      case "committed":
        return { ...outcome, owner: advanced(owner, batch.next, outcome.rejected) };
      case "file_changed":
        return { ...outcome, owner };
      case "fenced":
        return this.#afterFence(owner);
      case "unknown": {
        const next = await this.#afterDoubt(owner, batch);
        if (next.kind === "again" && isFinal(outcome.error)) throw databaseError(outcome.error);
        return next;
      }
      case "fault":
        return this.#afterFault(owner, batch, outcome);
    }
  }

  async #afterFault(
    owner: BatchOwner,
    batch: StagedBatch,
    { fault, error }: Extract<TransactionOutcome, { kind: "fault" }>,
  ): Promise<Next> {
    const { database, faults } = this.#options;
    switch (fault.kind) {
      case "line":
        this.#load = loadNarrowing(faults);
        return { kind: "again", owner };
      case "too_slow":
        return { kind: batch.lines > 1 ? "too_slow" : "again", owner };
      case "blocked":
        await this.#endOtherBackends(owner);
        return { kind: "again", owner };
      case "late_commit": {
        const next = await this.#afterDoubt(owner, batch);
        if (next.kind === "again") throw error; // The rows are there and the checkpoint is not: never to be passed over.
        return next;
      }
      case "away":
        database.suspect();
        return { kind: "again", owner };
      case "again":
        return { kind: "again", owner };
      case "bug":
        throw databaseError(error);
    }
  }

  /**
   * COMMIT was sent and not answered. Raising the epoch waits for a commit that is still landing, and fences it off if
   * it has not yet begun; a SELECT would do neither. The checkpoint it returns decides, never the error.
   */
  async #afterDoubt(owner: BatchOwner, batch: StagedBatch): Promise<Next> {
    const { database } = this.#options;
    const row = await database.use(this.#lifetime.stopping, ({ ledger }) =>
      ledger.raiseEpoch(owner.fileId, owner.epoch),
    );
    if (row === undefined) return { kind: "let_go" };
    const raised = { ...owner, epoch: row.ownerEpoch };
    const isIn = batch.last ? row.status === "complete" : row.checkpointLine === batch.next.line;
    if (!isIn) return { kind: "again", owner: raised };
    const counts = countLines(batch);
    return { kind: "committed", ...counts, owner: advanced(raised, batch.next, counts.rejected) };
  }

  async #afterFence({ fileId, epoch }: BatchOwner): Promise<CommitOutcome> {
    const { database } = this.#options;
    const row = await database.use(this.#lifetime.stopping, ({ ledger }) => ledger.find(fileId));
    if (row?.ownerEpoch !== epoch || row.status !== "processing") return { kind: "let_go" };
    throw new CheckpointError(
      `the checkpoint of file ${fileId} is at line ${row.checkpointLine}, where epoch ${epoch} has not left it`,
    );
  }

  /**
   * Ends the backends that still hold this package's keys: an older run's in a paused daemon, or our own behind a
   * connection that was lost. The attempt that met them has let go of its connection.
   */
  async #endOtherBackends({ fileId }: BatchOwner): Promise<void> {
    const { database } = this.#options;
    await database.use(this.#lifetime.stopping, ({ pool }) =>
      pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE starts_with(application_name, $1) AND usename = current_user
            AND datname = current_database()`,
        [applicationName(fileId, "")],
      ),
    );
  }
}

/** Whether the server has cut us off, or did not come to an end: it may be more than it can bear. */
function isStrain(outcome: TransactionOutcome): boolean {
  if (outcome.kind === "unknown") return !isFinal(outcome.error);
  return outcome.kind === "fault" && ["away", "too_slow"].includes(outcome.fault.kind);
}

/** Whether COMMIT was answered by an error that comes again each time, as of a deferred constraint. */
function isFinal(error: unknown): boolean {
  return errorCode(error) !== undefined && classify(error, "other").kind === "bug";
}

function advanced(owner: BatchOwner, checkpoint: FilePosition, rejected: number): BatchOwner {
  return { ...owner, checkpoint, errors: owner.errors + rejected, header: undefined };
}
