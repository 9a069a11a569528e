// All batches of a package, committed in their order, two in work at a time: the rows of one are sent while the one
// before it is committed, so that the server need not wait for us, nor we for its disk. The ledger is touched only when
// the one before is in. If that takes more than one attempt, what was sent behind it is dropped and sent again.
import type { ReadingKeys } from "../satellites/satellite.ts";
import {
  type BatchLimits,
  type FileEnd,
  halve,
  maxBatchBytes,
  type StagedBatch,
  type StagingStore,
} from "../staging/staging-store.ts";
import {
  type BatchCommitter,
  type CommitOutcome,
  ownerAfter,
  type Sent,
} from "./batch-committer.ts";
import type { BatchOwner } from "./batch-transaction.ts";
import { validate } from "./validation.ts";

export interface PipelineOptions {
  readonly staging: StagingStore;
  readonly committer: BatchCommitter;
  /** Of the package's satellite type. */
  readonly keys: ReadingKeys;
  /** Most rows in one transaction, as it is now. */
  readonly maxRows: () => number;
  /** Called for each batch that is in, in their order. */
  readonly committed: (outcome: Extract<CommitOutcome, { kind: "committed" }>) => void;
  /** Called when batches are made smaller, which the server has found too much. */
  readonly shrunk: (rows: number) => void;
}

/** Why no batch follows. unreadable: those before the place that cannot be read are in. */
export type PipelineEnd =
  | { readonly kind: "complete"; readonly owner: BatchOwner }
  | { readonly kind: "unreadable"; readonly owner: BatchOwner; readonly error: string }
  | { readonly kind: "file_changed"; readonly owner: BatchOwner }
  | { readonly kind: "let_go" };

type Unreadable = Extract<FileEnd, { kind: "unreadable" }>;

/** A batch whose first attempt is under way. */
interface InWork extends Sent {
  readonly kind: "in_work";
  readonly owner: BatchOwner;
  readonly batch: StagedBatch;
}

export class BatchPipeline {
  readonly #options: PipelineOptions;
  /** Shrinks while the server finds batches too much, and grows again. */
  #maxRows = Number.POSITIVE_INFINITY;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** @param first where the ledger stands @param stopping ends all waits, with its reason */
  async run(first: BatchOwner, stopping: AbortSignal): Promise<PipelineEnd> {
    const over = new AbortController();
    const signal = AbortSignal.any([stopping, over.signal]);
    let following: Promise<InWork | Unreadable> | undefined;
    try {
      let owner = first;
      let current = await this.#takeAndSend(owner, undefined, signal);
      for (;;) {
        if (current.kind === "unreadable") return { ...current, owner };
        following = current.batch.last ? undefined : this.#sendBehind(current, signal);
        following?.catch(() => {}); // It is awaited later, if at all.
        const outcome = await this.#commit(current);
        this.#options.staging.settle(current.batch);
        if (outcome.kind !== "committed") return outcome;
        owner = outcome.owner;
        if (following === undefined) return { kind: "complete", owner };
        current = await this.#upToDate(await following, current, owner);
      }
    } finally {
      over.abort(ending); // With a reason: without one each package would pay for an error that nobody sees.
      await ended(following); // Its connection is given back before the package goes on.
    }
  }

  async #takeAndSend(
    owner: BatchOwner,
    isNext: Promise<boolean> | undefined,
    signal: AbortSignal,
  ): Promise<InWork | Unreadable> {
    const batch = await this.#options.staging.take(this.#limits, signal);
    if (batch.kind === "unreadable") return batch;
    for (const slice of batch.slices) validate(slice, this.#options.keys);
    return this.#send(owner, batch, isNext);
  }

  #send(owner: BatchOwner, batch: StagedBatch, isNext?: Promise<boolean>): InWork {
    return { kind: "in_work", owner, batch, ...this.#options.committer.send(owner, batch, isNext) };
  }

  /** Only once it has its own turn, or the one behind might have the place that it waits for. */
  async #sendBehind(current: InWork, signal: AbortSignal): Promise<InWork | Unreadable> {
    await current.begun;
    return this.#takeAndSend(ownerAfter(current.owner, current.batch), current.isIn, signal);
  }

  /** What follows a batch that came in at once was sent rightly; behind any other one it is sent again. */
  async #upToDate(
    following: InWork | Unreadable,
    before: InWork,
    owner: BatchOwner,
  ): Promise<InWork | Unreadable> {
    if (following.kind === "unreadable" || (await before.isIn)) return following;
    await following.isIn;
    return this.#send(owner, following.batch);
  }

  async #commit({ owner, batch, ...sent }: InWork): Promise<Exclude<CommitOutcome, TooMuch>> {
    return this.#afterAttempts(batch, await this.#options.committer.commit(owner, batch, sent));
  }

  /** A batch that takes the server too long, or is too large by now, is committed in halves, and those in halves again. */
  async #afterAttempts(
    batch: StagedBatch,
    outcome: CommitOutcome,
  ): Promise<Exclude<CommitOutcome, TooMuch>> {
    const { committer, committed, shrunk } = this.#options;
    if (outcome.kind === "committed") committed(outcome);
    if (outcome.kind !== "too_slow" && outcome.kind !== "too_large") {
      this.#maxRows *= 2;
      return outcome;
    }
    const [first, second] = halve(batch);
    if (outcome.kind === "too_slow") {
      this.#maxRows = first.lines;
      shrunk(first.lines);
    }
    const half = await this.#afterAttempts(first, await committer.commit(outcome.owner, first));
    if (half.kind !== "committed") return half;
    return this.#afterAttempts(second, await committer.commit(half.owner, second));
  }

  /** As they are at this moment. */
  get #limits(): BatchLimits {
    return { maxRows: Math.min(this.#maxRows, this.#options.maxRows()), maxBytes: maxBatchBytes };
  }
}

const ending = "the package's batches have ended";

type TooMuch = { readonly kind: "too_slow" } | { readonly kind: "too_large" };

async function ended(following: Promise<InWork | Unreadable> | undefined): Promise<void> {
  const sent = await following?.catch(() => undefined);
  if (sent?.kind === "in_work") await sent.isIn;
}
