// The persister of one package: takes staged batches, validates them, has them committed, and ends the package. It
// ends normally when the package has ended, whatever became of it; that is in the ledger. Good lines, rejected ones
// and failures are all acknowledged here, in one place.
import type { LedgerRow } from "../database/ledger.ts";
import type { ClaimedFile } from "../folders/claimed-file.ts";
import { isUnchanged } from "../folders/file-identity.ts";
import { knownType } from "../satellites/index.ts";
import type { PackageRun } from "../staging/package-run.ts";
import type { Opening, StagingStore } from "../staging/staging-store.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import { BatchCommitter, type CommitterOptions } from "./batch-committer.ts";
import { BatchPipeline } from "./batch-pipeline.ts";
import type { BatchOwner } from "./batch-transaction.ts";
import { clearAway, failedPath, type PackageEndOptions, setAside } from "./package-end.ts";
import { PackageNews } from "./package-news.ts";

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
    try {
      await this.#loadFrom(row, { ...ownerOf(row), header }, isFileUnchanged);
    } finally {
      await held?.release();
    }
  }

  async #loadFrom(
    row: LedgerRow,
    first: BatchOwner,
    isFileUnchanged: () => Promise<boolean>,
  ): Promise<void> {
    const { log, batchRows, throttle } = this.#options;
    const { fileId } = first;
    const news = this.#newsOf(row);
    news.started(first.checkpoint.offset);
    const pipeline = new BatchPipeline({
      staging: this.#staging,
      committer: new BatchCommitter({ ...this.#options, isFileUnchanged }, this.#lifetime),
      keys: knownType(row.satelliteType).keys,
      maxRows: () => Math.min(batchRows(), throttle.maxBatchRows),
      committed: ({ owner, imported, rejected }) =>
        news.committed(owner.checkpoint.offset, imported, rejected),
      shrunk: (rows) => log.info({ fileId, rows }, "the server is slow, smaller batches"),
    });
    const end = await pipeline.run(first, this.#lifetime.stopping);
    switch (end.kind) {
      case "complete":
        return this.#complete(news, end.owner.errors);
      case "unreadable":
        return this.#fail(news, end.owner.epoch, end.error);
      case "file_changed":
        return this.#afterChange(news, end.owner);
      case "let_go":
        return this.#letGo();
    }
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
