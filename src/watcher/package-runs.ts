// Runs packages to their end: starts a parser tree for each when there is room, and again when a tree gave up. The
// ledger says what became of a package, not the way in which its tree ended.
import { backoffMs, pause } from "../database/backoff.ts";
import { type ClaimedFile, claimedPath } from "../folders/claimed-file.ts";
import { isUnchanged, look } from "../folders/file-identity.ts";
import { fileParserId } from "../parsers/file-parser.ts";
import type { PackageRun } from "../staging/package-run.ts";
import type { ChildSpec } from "../supervisor/child-spec.ts";
import type { Component, Exit } from "../supervisor/component.ts";
import type { DynamicSupervisor } from "../supervisor/supervisor-api.ts";
import type { IntakeContext } from "./intake-context.ts";
import { Lanes, type LaneWidths } from "./lanes.ts";
import { orAborted } from "./or-aborted.ts";

export interface PackageRunsOptions {
  /** The supervisor of the parser trees, as it is now. */
  readonly fileParsers: () => DynamicSupervisor;
  /** A package's tree. */
  readonly fileParser: (run: PackageRun) => ChildSpec;
}

/** One is kept for small packages, unless there is but one. */
const placesFor = (maxPackages: number): LaneWidths => ({
  all: maxPackages,
  large: Math.max(1, maxPackages - 1),
});

export class PackageRuns {
  readonly #context: IntakeContext;
  readonly #options: PackageRunsOptions;
  /** One place for each package that may be loaded at the same time. */
  readonly #places: Lanes;

  constructor(context: IntakeContext, options: PackageRunsOptions) {
    this.#context = context;
    this.#options = options;
    this.#places = new Lanes(placesFor(context.maxPackages()));
  }

  /** Follows the limit as it is now; packages that run are not ended by a lower one. */
  resize(): void {
    this.#places.resize(placesFor(this.#context.maxPackages()));
  }

  /** Packages that wait for a place, and that have one. */
  get load(): { readonly places: number; readonly loading: number } {
    return { places: this.#places.waiting, loading: this.#places.working };
  }

  /** Trees that run already: those of an earlier intake, which they have outlived. By file id. */
  async running(): Promise<Map<number, Component>> {
    const children = await this.#options.fileParsers().children();
    const running = new Map<number, Component>();
    for (const child of children) {
      const fileId = Number(child.id.slice(fileParserId(0).length - 1));
      if (child.state === "running") running.set(fileId, child.component);
    }
    return running;
  }

  /** Waits for a tree that runs already; it keeps its place. */
  async follow(component: Component): Promise<void> {
    // It has its place, whatever its size.
    await this.#places.run(async () => void (await this.#ended(component)), { sizeBytes: 0n });
  }

  /**
   * Loads the package, over as many runs as it takes. Resolves when the ledger says that it is done, when another
   * daemon has it, or when its file is no longer the one that was identified.
   */
  async run(run: PackageRun): Promise<void> {
    const { stopping, database, log } = this.#context;
    const { file } = run;
    for (let failures = 1; ; failures++) {
      const { sizeBytes } = file.fingerprint;
      await this.#places.run(() => this.#runOnce(run), { sizeBytes, signal: stopping });
      if (run.isEnded) return;
      const row = await database.use(stopping, ({ ledger }) => ledger.find(file.fileId));
      if (row?.status !== "processing" || row.owner !== database.owner) return;
      if (!(await this.#isUnchanged(file))) return; // The next sweep identifies it anew.
      log.warn(
        { fileId: file.fileId, attempts: row.attempts },
        "package not finished, running it again",
      );
      await pause(backoffMs(failures), stopping);
      stopping.throwIfAborted();
    }
  }

  async #runOnce(run: PackageRun): Promise<void> {
    const answer = await this.#options.fileParsers().startChild(this.#options.fileParser(run));
    if (answer.kind === "started") await this.#ended(answer.component);
    else if (answer.kind === "start_error") {
      this.#context.log.warn(
        { fileId: run.file.fileId, err: answer.error },
        "package cannot be started",
      );
    }
  }

  /** The end of a tree, or of this intake: the tree then runs on without it. */
  async #ended({ exited }: Component): Promise<Exit | undefined> {
    return orAborted(exited, this.#context.stopping);
  }

  async #isUnchanged(file: ClaimedFile): Promise<boolean> {
    const found = await look(claimedPath(this.#context.folders, file));
    return found.kind === "file" && isUnchanged(found.fingerprint, file.fingerprint);
  }
}
