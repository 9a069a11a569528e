// Takes packages in: claims what the watcher offers, finds out which package it is, has it loaded, and looks after
// what an earlier life left in processing/. It holds nothing that could be lost: its claims are renames and ledger
// rows, and both are found again.
import { EventEmitter, once, setMaxListeners } from "node:events";
import { pause } from "../database/backoff.ts";
import type { ClaimedFile } from "../folders/claimed-file.ts";
import { isSystemError } from "../folders/file-identity.ts";
import type { HeldFile } from "../folders/held-file.ts";
import { PackageRun } from "../staging/package-run.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import { ArchiveUpkeep } from "./archive-upkeep.ts";
import { claim, releaseClaim } from "./claim.ts";
import { rowsOf } from "./claim-rows.ts";
import type { Offer } from "./file-system-watcher.ts";
import { type Identification, identify, readHeldIdentity } from "./identify.ts";
import type { IdentifiedFile, IntakeContext, IntakeOptions } from "./intake-context.ts";
import { type Entry, isLarge, Lanes, type LaneWidths } from "./lanes.ts";
import { giveUpMissing } from "./missing-files.ts";
import { orAborted } from "./or-aborted.ts";
import { PackageRuns, type PackageRunsOptions } from "./package-runs.ts";
import { Recovery } from "./recovery.ts";
import { refuseUnhashed } from "./refuse-unhashed.ts";

/** Claims prepared beside those that are being loaded, for each place: hashing one while another is committed. */
const lanesPerPackage = 2;
/** As many as there are places are kept for small packages. */
const lanesFor = (maxPackages: number): LaneWidths => ({
  all: maxPackages * (1 + lanesPerPackage),
  large: maxPackages * lanesPerPackage,
});
/** Offers that wait for a lane; beyond it the watcher waits. */
const maxWaitingOffers = 64;
/** Claims that wait for the end of a package with the same bytes; beyond it they keep their lane. */
const maxTwins = 1_000;
const shortestSweepMs = 1_000;

/** Says in the log which package a line is about; without a file id as long as it is not claimed. */
type About = Readonly<{ fileId?: number; name?: string }>;

/** What was claimed already goes before what is offered. */
const before = ({ fingerprint }: ClaimedFile): Entry => ({ ...fingerprint, priority: 1 });

const aboutFile = ({ fileId, name }: ClaimedFile): About => ({ fileId, name: name.text });

export class Intake {
  readonly #context: IntakeContext;
  readonly #runs: PackageRuns;
  readonly #recovery: Recovery;
  readonly #archive: ArchiveUpkeep;
  readonly #lanes: Lanes;
  /** Claims by the file id whose end they wait for. */
  readonly #twins = new Map<number, IdentifiedFile[]>();
  readonly #bell = new EventEmitter().setMaxListeners(0);
  readonly #stop = new AbortController();
  /** processing/ itself cannot be read; told once. */
  #isAway = false;

  constructor(options: IntakeOptions & PackageRunsOptions) {
    setMaxListeners(0, this.#stop.signal); // Every lane waits with it.
    this.#context = { ...options, stopping: this.#stop.signal, inHand: new Set() };
    this.#runs = new PackageRuns(this.#context, options);
    this.#recovery = new Recovery(this.#context);
    this.#archive = new ArchiveUpkeep(this.#context);
    this.#lanes = new Lanes(lanesFor(options.maxPackages()));
  }

  /** The limit of packages has changed. */
  resize(): void {
    this.#lanes.resize(lanesFor(this.#context.maxPackages()));
    this.#runs.resize();
  }

  /** Offers and claims that wait for a lane, and packages that wait for a place or are being loaded. */
  get load(): { readonly claims: number; readonly places: number; readonly loading: number } {
    return { claims: this.#lanes.waiting, ...this.#runs.load };
  }

  /** Runs the component. It lives until the stop; a task that fails for no known reason crashes it. */
  start(): Component {
    return spawn(async ({ stopping }: Lifetime) => {
      const stop = (): void => this.#stop.abort(stopping.reason);
      stopping.addEventListener("abort", stop, { once: true });
      const crashed = once(this.#bell, "crash").then(([error]) => {
        throw error;
      });
      try {
        await Promise.race([this.#sweepOn(), crashed]);
      } finally {
        crashed.catch(() => {});
        stop();
        if (stopping.aborted) await this.#context.faults.at("in_drain"); // Packages are still loaded.
      }
    });
  }

  /**
   * Takes a settled file over. Resolves when it is in line; waits while the line is long. Behind a long line of large
   * ones nobody waits: a small one may be next.
   */
  async offer(offer: Offer, signal: AbortSignal): Promise<void> {
    const { sizeBytes } = offer.fingerprint;
    while (this.#lanes.waitingBefore(sizeBytes) >= maxWaitingOffers) {
      signal.throwIfAborted();
      if (isLarge(sizeBytes)) return offer.settle("not_now");
      await orAborted(this.#lanes.whenFewer(sizeBytes, maxWaitingOffers), signal);
    }
    this.#inLane(() => this.#take(offer), { sizeBytes }, { name: offer.name.text });
  }

  async #sweepOn(): Promise<void> {
    const { stopping, settleMs, scanIntervalMs } = this.#context;
    await this.#adoptRunning();
    while (!stopping.aborted) {
      const isClear = await this.#trySweep();
      const restMs = Math.max(shortestSweepMs, scanIntervalMs);
      await pause(isClear ? restMs : Math.min(restMs, settleMs + 50), stopping);
    }
  }

  /** An earlier intake crashed, and its packages ran on. */
  async #adoptRunning(): Promise<void> {
    for (const [fileId, component] of await this.#runs.running()) {
      this.#context.inHand.add(fileId);
      const follow = (): Promise<void> => this.#runs.follow(component);
      const entry = { sizeBytes: 0n, priority: 1 }; // It has its place, whatever its size.
      this.#inLane(() => follow().finally(() => this.#letGo(fileId)), entry, { fileId });
    }
  }

  async #trySweep(): Promise<boolean> {
    try {
      const isClear = await this.#sweep();
      this.#isAway = false;
      return isClear;
    } catch (err) {
      if (!isSystemError(err)) throw err;
      const { log } = this.#context;
      if (!this.#isAway) log.warn({ err }, "processing/ cannot be read, trying again");
      this.#isAway = true;
      return true;
    }
  }

  /** Looks through processing/ once. @returns whether everything there is clear */
  async #sweep(): Promise<boolean> {
    const { database, stopping } = this.#context;
    await database.whenReady(stopping);
    const ids = await this.#recovery.claims();
    const { rows, living } = await rowsOf(ids, this.#context);
    let isClear = true;
    for (const fileId of ids) {
      if (this.#context.inHand.has(fileId)) continue;
      const found = await this.#recovery.examine(fileId, rows.get(fileId), living);
      if (found.kind === "later") isClear = false;
      if (found.kind === "identify") this.#goOn(found.file, () => this.#identify(found.file));
      if (found.kind === "run") this.#goOn(found.file, () => this.#run(new PackageRun(found.file)));
    }
    await giveUpMissing(this.#context);
    this.#wakeTwinsOfOthers();
    await this.#archive.trimAtTimes();
    return isClear;
  }

  #goOn(file: IdentifiedFile, task: () => Promise<void>): void {
    this.#context.inHand.add(file.fileId);
    this.#inLane(task, before(file), aboutFile(file));
  }

  async #take(offer: Offer): Promise<void> {
    const claimed = await claim(offer, this.#context).catch((error: unknown) => {
      offer.settle("not_now");
      throw error;
    });
    if (claimed.kind !== "claimed") {
      offer.settle(claimed.kind === "unsettled" ? "taken" : claimed.kind);
      return;
    }
    offer.settle("taken");
    const { file, held } = claimed;
    const identifyAndRelease = () => this.#identifyClaim(file, held).finally(() => held.release());
    await this.#guard(identifyAndRelease, aboutFile(file));
  }

  async #identifyClaim(file: ClaimedFile, held: HeldFile): Promise<void> {
    const identified = await this.#orGiveUp(file, async () => {
      if (await refuseUnhashed(file, held, this.#context)) return undefined;
      const found = await readHeldIdentity(file, held, this.#context);
      await this.#context.faults.at("after_hash");
      return found;
    });
    if (identified !== undefined) return this.#identify(identified, held);
    // It was refused, or changed while it was hashed: then a later sweep finds it at rest.
    await this.#giveUp(file);
  }

  /** @param held the file, if it is open; whoever opened it closes it */
  async #identify(file: IdentifiedFile, held?: HeldFile): Promise<void> {
    const identification = await this.#orGiveUp(file, () => identify(file, this.#context));
    if (identification.kind === "wait") return this.#wait(file, identification.forFileId);
    void releaseClaim(file.fileId, this.#context); // By now the ledger names the owner.
    try {
      await this.#runIfOurs(identification, held);
    } finally {
      this.#letGo(file.fileId);
    }
  }

  async #runIfOurs(identification: Identification, held: HeldFile | undefined): Promise<void> {
    if (identification.kind !== "run") return;
    await this.#run(new PackageRun(identification.file, held, identification.begun));
  }

  /** What fails with a claim leaves it to a later sweep. */
  async #orGiveUp<Result>(file: ClaimedFile, step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      await this.#giveUp(file);
      throw error;
    }
  }

  async #giveUp({ fileId }: ClaimedFile): Promise<void> {
    await releaseClaim(fileId, this.#context);
    this.#letGo(fileId);
  }

  async #run(run: PackageRun): Promise<void> {
    await this.#runs.run(run).finally(() => this.#letGo(run.file.fileId));
  }

  /** Nothing more is done with the claim here; who waits for its end goes on. */
  #letGo(fileId: number): void {
    const { inHand, events } = this.#context;
    if (inHand.delete(fileId)) events.publish({ kind: "package_released", fileId });
    this.#wakeTwins(fileId);
  }

  async #wait(file: IdentifiedFile, forFileId: number): Promise<void> {
    let waiting = 0;
    for (const files of this.#twins.values()) waiting += files.length;
    this.#twins.set(forFileId, [...(this.#twins.get(forFileId) ?? []), file]);
    if (waiting < maxTwins) return;
    await once(this.#bell, "end", { signal: this.#context.stopping });
  }

  #wakeTwins(fileId: number): void {
    const twins = this.#twins.get(fileId) ?? [];
    this.#twins.delete(fileId);
    for (const twin of twins) {
      this.#inLane(() => this.#identify(twin), before(twin), aboutFile(twin));
    }
    this.#bell.emit("end");
  }

  /** Those that wait for another daemon's package: nobody tells us of its end. */
  #wakeTwinsOfOthers(): void {
    for (const fileId of [...this.#twins.keys()]) {
      if (!this.#context.inHand.has(fileId)) this.#wakeTwins(fileId);
    }
  }

  #inLane(task: () => Promise<void>, entry: Entry, about: About): void {
    void this.#lanes.run(() => this.#guard(task, about), entry);
  }

  /** What the file system refuses now it may allow later: the sweep comes back to the claim. The rest is a crash. */
  async #guard(task: () => Promise<void>, about: About): Promise<void> {
    const { stopping, log } = this.#context;
    try {
      await task();
    } catch (error) {
      if (stopping.aborted) return;
      if (isSystemError(error)) {
        log.warn({ ...about, err: error }, "a claimed package cannot be read or moved");
      } else this.#bell.emit("crash", error);
    }
  }
}
