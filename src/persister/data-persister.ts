// The persister of one package: takes staged batches, validates them, has them committed, and ends the package. It
// ends normally when the package has ended, whatever became of it; that is in the ledger. Good lines, rejected ones
// and failures are all acknowledged here, in one place.
import type { LedgerRow } from "../database/ledger.ts";
import type { ClaimedFile } from "../folders/claimed-file.ts";
import { isUnchanged } from "../folders/file-identity.ts";
import type { PackageRun } from "../staging/package-run.ts";
import {
  type BatchLimits,
  halve,
  maxBatchBytes,
  type Opening,
  type StagedBatch,
  type StagingStore,
} from "../staging/staging-store.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import { BatchCommitter, type CommitOutcome, type CommitterOptions } from "./batch-committer.ts";
import type { BatchOwner } from "./batch-transaction.ts";
import { clearAway, failedPath, type PackageEndOptions, setAside } from "./package-end.ts";
import { PackageNews } from "./package-news.ts";
import { validate } from "./validation.ts";

/** What all persisters share. */
export interface PersisterOptions
  extends Omit<CommitterOptions, "isFileUnchanged">,
    PackageEndOptions {
  /** Most rows in one transaction, as it is now. */
  readonly batchRows: () => number;
}

/** Runs the persister of one package. */
export function dataPersister(
  run: PackageRun,
  staging: StagingStore,
  options: PersisterOptions,
): Component {
  return spawn((lifetime) => new DataPersister(run, staging, options, lifetime).run());
}

class DataPersister {
  readonly #run: PackageRun;
  readonly #staging: StagingStore;
  readonly #options: PersisterOptions;
  readonly #lifetime: Lifetime;
  /** Shrinks while the server finds batches too much, and grows again. */
  #maxRows = Number.POSITIVE_INFINITY;

  constructor(
    run: PackageRun,
    staging: StagingStore,
    options: PersisterOptions,
    lifetime: Lifetime,
  ) {
    this.#run = run;
    this.#staging = staging;
    this.#options = options;
    this.#lifetime = lifetime;
  }

  get #file(): ClaimedFile {
    return this.#run.file;
  }

  async run(): Promise<void> {
    const opening = await this.#staging.opened(this.#lifetime.stopping);
    switch (opening.kind) {
      case "load":
        return this.#load(opening);
      case "fail":
        return this.#fail(this.#newsOf(opening.row), opening.row.ownerEpoch, opening.error);
      case "finished":
        return this.#clearAway(opening.errors);
      case "let_go":
        return;
    }
  }

  async #load({ row, header }: Extract<Opening, { kind: "load" }>): Promise<void> {
    // Held on its own: it still tells of the file's size when the path is gone.
    const held = await this.#run.hold(this.#options.folders);
    const isFileUnchanged = async (): Promise<boolean> =>
      held !== undefined && isUnchanged(held.fingerprint(), this.#file.fingerprint);
    const committer = new BatchCommitter({ ...this.#options, isFileUnchanged }, this.#lifetime);
    try {
      await this.#commitAll(committer, this.#newsOf(row), { ...ownerOf(row), header });
    } finally {
      await held?.release();
    }
  }

  async #commitAll(committer: BatchCommitter, news: PackageNews, first: BatchOwner): Promise<void> {
    news.started(first.checkpoint.offset);
    let owner = first;
    for (;;) {
      const batch = await this.#staging.take(this.#limits, this.#lifetime.stopping);
      if (batch.kind === "unreadable") return this.#fail(news, owner.epoch, batch.error);
      for (const slice of batch.slices) validate(slice);
      const outcome = await this.#commitInParts(committer, news, owner, batch);
      this.#staging.settle(batch);
      if (outcome.kind !== "committed") {
        return outcome.kind === "let_go" ? this.#letGo() : this.#afterChange(news, outcome.owner);
      }
      owner = outcome.owner;
      if (batch.last) return this.#complete(news, owner.errors);
    }
  }

  /** As they are at this moment. */
  get #limits(): BatchLimits {
    const { batchRows, throttle } = this.#options;
    const maxRows = Math.min(this.#maxRows, batchRows(), throttle.maxBatchRows);
    return { maxRows, maxBytes: maxBatchBytes };
  }

  /** A batch that takes the server too long is committed in halves, and those in halves again. */
  async #commitInParts(
    committer: BatchCommitter,
    news: PackageNews,
    owner: BatchOwner,
    batch: StagedBatch,
  ): Promise<Exclude<CommitOutcome, { kind: "too_slow" }>> {
    const outcome = await committer.commit(owner, batch);
    if (outcome.kind === "committed") {
      const { offset } = outcome.owner.checkpoint;
      news.committed(offset, outcome.imported, outcome.rejected);
    }
    if (outcome.kind !== "too_slow") {
      this.#maxRows *= 2;
      return outcome;
    }
    const [first, second] = halve(batch);
    this.#maxRows = first.lines;
    this.#options.log.info(
      { fileId: owner.fileId, rows: first.lines },
      "the server is slow, smaller batches",
    );
    const half = await this.#commitInParts(committer, news, outcome.owner, first);
    if (half.kind !== "committed") return half;
    return this.#commitInParts(committer, news, half.owner, second);
  }

  /** Told at once: after a crash a later run finds the package finished, and says nothing of it any more. */
  async #complete(news: PackageNews, errors: number): Promise<void> {
    news.complete();
    await this.#options.faults.at("after_complete");
    await this.#clearAway(errors);
  }

  async #clearAway(errors: number): Promise<void> {
    await clearAway(this.#file, errors, this.#options, this.#lifetime.stopping);
    this.#run.isEnded = true;
  }

  async #fail(news: PackageNews, epoch: number, error: string): Promise<void> {
    const { database, folders } = this.#options;
    const { fileId } = this.#file;
    const failed = await database.use(this.#lifetime.stopping, ({ ledger }) =>
      ledger.fail(fileId, epoch, error),
    );
    if (!failed) return this.#letGo();
    news.failed(error, failedPath(folders, this.#file));
    await setAside(this.#file, this.#options);
    this.#run.isEnded = true;
  }

  /** Nothing committed yet: intake identifies the file anew. Else the rows that are in would belong to other bytes. */
  async #afterChange(news: PackageNews, { checkpoint, epoch }: BatchOwner): Promise<void> {
    if (checkpoint.line > 1) {
      return this.#fail(
        news,
        epoch,
        `the file changed after it was claimed; its lines before ${checkpoint.line} are loaded`,
      );
    }
    this.#options.log.warn(
      this.#fields(),
      "the file changed after it was claimed, it is looked at anew",
    );
  }

  #letGo(): void {
    this.#options.log.warn(this.#fields(), "another owner has the package, it is let go");
  }

  #newsOf(row: LedgerRow): PackageNews {
    return new PackageNews(this.#options.events, row);
  }

  #fields(): Record<string, unknown> {
    return { fileId: this.#file.fileId, name: this.#file.name.text };
  }
}

function ownerOf(row: LedgerRow): Omit<BatchOwner, "header"> {
  const checkpoint = { line: row.checkpointLine, offset: row.checkpointOffset };
  return { fileId: row.id, epoch: row.ownerEpoch, checkpoint, errors: row.errors };
}
