// Gets a batch into the database, whatever happens on the way: the attempts, and what each failure means for the next
// one. An outage costs the package nothing; a bug is thrown, for the supervisor.
import { backoffMs, pause } from "../database/backoff.ts";
import { databaseError, errorCode } from "../database/faults.ts";
import { CheckpointError } from "../errors.ts";
import type { Events } from "../observability/events.ts";
import type { Log } from "../observability/log.ts";
import type { FilePosition, StagedBatch } from "../staging/staging-store.ts";
import type { Lifetime } from "../supervisor/component.ts";
import { type Attempted, type AttemptOptions, attemptBatch, type Manner } from "./batch-attempt.ts";
import { classify } from "./batch-fault.ts";
import {
  applicationName,
  type BatchOwner,
  countLines,
  loadWhole,
  type TransactionOutcome,
} from "./batch-transaction.ts";
import { loadNarrowing } from "./narrowing.ts";
import { countReasons } from "./rejected-rows.ts";

export interface CommitterOptions extends AttemptOptions {
  readonly log: Log;
  readonly events: Events;
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
  /** Nor here: the ceiling was lowered. The server is well. */
  | { readonly kind: "too_large"; readonly owner: BatchOwner }
  | { readonly kind: "file_changed"; readonly owner: BatchOwner }
  | { readonly kind: "let_go" };

/** What to do after an attempt: it is decided, or the batch is tried again as this owner. */
type Next = CommitOutcome | { readonly kind: "again"; readonly owner: BatchOwner };

/** The first attempt at a batch, under way. */
export interface Sent {
  /** Resolves when it has its turn, or will have none. */
  readonly begun: Promise<void>;
  readonly attempted: Promise<Attempted>;
  /** Whether this attempt brought the batch in; it never rejects. */
  readonly isIn: Promise<boolean>;
}

const already = Promise.resolve(true);

export class BatchCommitter {
  readonly #options: CommitterOptions;
  readonly #lifetime: Lifetime;
  readonly #loadWhole: Manner["load"] = (pacing) => loadWhole(this.#options.faults, pacing);

  constructor(options: CommitterOptions, lifetime: Lifetime) {
    this.#options = options;
    this.#lifetime = lifetime;
  }

  /**
   * Makes the first attempt at a batch, whose outcome `commit` then acts upon.
   * @param isNext whether the batch before it is in. If not, nothing of this one will be.
   */
  send(owner: BatchOwner, batch: StagedBatch, isNext = already): Sent {
    let begun = (): void => {};
    const whenBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const attempted = this.#attempt(owner, batch, { load: this.#loadWhole, isNext, begun });
    const isIn = attempted.then(
      ({ outcome }) => outcome.kind === "committed",
      () => false, // Whoever commits the batch learns why.
    );
    return { begun: Promise.race([whenBegun, isIn.then(() => {})]), attempted, isIn };
  }

  /**
   * Commits the batch once, the one before it being in.
   * @param sent its first attempt, if that is under way: as this owner.
   * @throws what only the supervisor can answer, and the reason of `stopping` amid a wait
   */
  async commit(
    first: BatchOwner,
    batch: StagedBatch,
    sent = this.send(first, batch),
  ): Promise<CommitOutcome> {
    const { faults, log } = this.#options;
    let owner = first;
    let load = this.#loadWhole;
    let { outcome, seconds } = await sent.attempted;
    for (let failures = 1; ; failures++) {
      if (isStrain(outcome)) this.#options.throttle.cutOff();
      const next = await this.#afterAttempt(owner, batch, outcome);
      if (next.kind === "committed") this.#publish(owner, batch, next, seconds);
      if (next.kind !== "again") return next;
      owner = next.owner;
      if (failures === 1 && "error" in outcome) {
        log.warn(
          { fileId: owner.fileId, err: databaseError(outcome.error) },
          "batch not committed, trying again",
        );
      }
      if (isOfALine(outcome)) load = () => loadNarrowing(faults);
      await pause(backoffMs(failures), this.#lifetime.stopping);
      const manner = { load, isNext: already, begun: () => {} };
      ({ outcome, seconds } = await this.#attempt(owner, batch, manner));
    }
  }

  #attempt(owner: BatchOwner, batch: StagedBatch, manner: Manner): Promise<Attempted> {
    return attemptBatch(owner, batch, manner, this.#options, this.#lifetime);
  }

  #publish(
    { fileId, checkpoint }: BatchOwner,
    batch: StagedBatch,
    { imported: rows, rejected }: Extract<CommitOutcome, { kind: "committed" }>,
    seconds: number,
  ): void {
    const bytes = batch.next.offset - checkpoint.offset;
    const reasons = countReasons(batch);
    const figures = { fileId, rows, rejected, bytes, seconds, reasons };
    this.#options.events.publish({ kind: "batch_committed", ...figures });
  }

  async #afterAttempt(
    owner: BatchOwner,
    batch: StagedBatch,
    outcome: TransactionOutcome,
  ): Promise<Next> {
    switch (outcome.kind) {
      case "committed":
        return { ...outcome, owner: advanced(owner, batch.next, outcome.rejected) };
      case "not_next":
        return { kind: "again", owner };
      case "file_changed":
      case "too_large":
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
    const { database } = this.#options;
    switch (fault.kind) {
      case "too_slow":
        database.suspect(); // Where our own deadline has cut it, the session may be as silent.
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
      case "line": // It is narrowed down.
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
    const row = await database.use(this.#lifetime.stopping, ({ ledger }, isAgain) =>
      ledger.raiseEpoch(owner.fileId, owner.epoch, isAgain),
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

/** The owner of the batch behind one that is in. */
export function ownerAfter(owner: BatchOwner, batch: StagedBatch): BatchOwner {
  return advanced(owner, batch.next, countLines(batch).rejected);
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

const isOfALine = (outcome: TransactionOutcome): boolean =>
  outcome.kind === "fault" && outcome.fault.kind === "line";

function advanced(owner: BatchOwner, checkpoint: FilePosition, rejected: number): BatchOwner {
  return { ...owner, checkpoint, errors: owner.errors + rejected, header: undefined };
}
