// Finds packages in the inbox. The scan is the truth: it sees every name, at start as later, however it came there.
// Hints only shorten the wait. It opens and renames nothing: a file that has settled is offered to intake.
import { EventEmitter, once } from "node:events";
import { opendir, stat } from "node:fs/promises";
import { isSystemError, type Look, look } from "../folders/file-identity.ts";
import { isLeftAlone, type PackageName, packageName, pathOf } from "../folders/package-name.ts";
import type { Events } from "../observability/events.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { Log } from "../observability/log.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import { type Hints, type WatchFolder, watchFolder } from "./hints.ts";
import { type Candidate, Settling } from "./settling.ts";

/**
 * What became of an offered file. taken: it is no longer in the inbox. changed: it is not what was offered, and has to
 * settle anew. not_now: it is still there and cannot be taken.
 */
export type OfferOutcome = "taken" | "changed" | "not_now";

export interface Offer extends Candidate {
  /** How often in a row it could not be taken. */
  readonly failures: number;
  /** When it was first seen as it is, and when it had rested long enough: ms of performance.now(). */
  readonly seenMs: number;
  readonly settledMs: number;
  /** To be called once. */
  readonly settle: (outcome: OfferOutcome) => void;
}

export interface WatcherOptions {
  readonly ingest: string;
  readonly settleMs: number;
  readonly scanIntervalMs: number;
  readonly log: Log;
  readonly events: Events;
  readonly faults: FaultPoints;
  /** Hands a settled file over. Waits while intake has no room. */
  readonly offer: (offer: Offer, signal: AbortSignal) => Promise<void>;
  /** Default: events of the file system. */
  readonly watchFolder?: WatchFolder;
}

/** Files watched at a time. More may lie in the inbox: they come as these leave. */
const pageFiles = 4_096;
/** Looks between two turns of the loop, so that a stop is noticed. */
const looksAtOnce = 256;
/**
 * Files in sight beyond which hints are switched off, and below which they are switched on again: chokidar answers each
 * event by a look at every file of the folder, which in a flood of files takes longer than all other work together.
 */
const flood = { beginsAtFiles: 256, endsAtFiles: 64 };
const maxLoggedNames = 1_000;

export function fileSystemWatcher(options: WatcherOptions): Component {
  return spawn((lifetime) => new FileSystemWatcher(options).run(lifetime));
}

class FileSystemWatcher {
  readonly #options: WatcherOptions;
  readonly #settling: Settling;
  readonly #bell = new EventEmitter();
  readonly #leftAlone = new Set<string>();
  #hints: Hints | undefined;
  /** Which folder the hints are about: it may be removed and made again. */
  #watched: string | undefined;
  #nextScanMs = Number.NEGATIVE_INFINITY;
  /** The last scan found more than fits. */
  #isMoreThere = false;
  /** The inbox or something in it could not be looked at; told once, until a scan finds nothing amiss. */
  #isAway = false;
  #isAmiss = false;
  #isRung = false;
  #filesInInbox: number | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#settling = new Settling(options.settleMs, pageFiles);
  }

  async run({ stopping }: Lifetime): Promise<void> {
    try {
      while (!stopping.aborted) {
        if (this.#isScanDue()) await this.#scan(stopping);
        await this.#lookAtHints(stopping);
        await this.#lookAtDue(stopping);
        await this.#rest(stopping);
      }
    } finally {
      await this.#unwatch();
    }
  }

  #isScanDue(): boolean {
    return (
      performance.now() >= this.#nextScanMs ||
      (this.#isMoreThere && this.#settling.size < pageFiles / 2)
    );
  }

  async #scan(stopping: AbortSignal): Promise<void> {
    this.#nextScanMs = performance.now() + this.#options.scanIntervalMs;
    this.#isMoreThere = false;
    this.#isAmiss = false;
    try {
      const folder = await opendir(this.#options.ingest, {
        // Names are bytes; the type declarations know only text.
        encoding: "buffer" as BufferEncoding,
        bufferSize: 1_024,
      });
      let files = 0;
      for await (const entry of folder) {
        if (stopping.aborted) return;
        const name = packageName(Buffer.from(entry.name));
        if (entry.isFile() && !isLeftAlone(name)) files++;
        await this.#consider(name, stopping);
      }
      this.#tellFiles(files);
      await this.#watchOrNot();
      this.#isAway = this.#isAmiss;
    } catch (err) {
      if (stopping.aborted) throw err;
      this.#noticeAmiss(err);
      await this.#unwatch(); // It may come again with the same identity.
    }
  }

  #tellFiles(files: number): void {
    if (files === this.#filesInInbox) return;
    this.#filesInInbox = files;
    this.#options.events.publish({ kind: "inbox_changed", files });
  }

  /** Removed, forbidden, out of descriptors, on a network that is gone: whatever the system says, it may end. */
  #noticeAmiss(err: unknown): void {
    if (!isSystemError(err)) throw err;
    if (!this.#isAway) this.#options.log.warn({ err }, "inbox cannot be read, trying again");
    this.#isAway = true;
    this.#isAmiss = true;
  }

  async #watchOrNot(): Promise<void> {
    const files = this.#settling.size;
    if (files > flood.beginsAtFiles) await this.#unwatch();
    else if (files < flood.endsAtFiles || this.#hints !== undefined)
      await this.#watchFolderItself();
  }

  /** Hints are about a folder, not about its name: a folder that was made again is silent for ever. */
  async #watchFolderItself(): Promise<void> {
    const { ingest, log, watchFolder: watch = watchFolder } = this.#options;
    const { dev, ino, birthtimeNs } = await stat(ingest, { bigint: true });
    const identity = `${dev}:${ino}:${birthtimeNs}`; // Inode numbers come again at once.
    if (identity === this.#watched) return;
    await this.#unwatch();
    this.#hints = watch(ingest, log, () => this.#ring());
    this.#watched = identity;
  }

  async #unwatch(): Promise<void> {
    await this.#hints?.close();
    this.#hints = undefined;
    this.#watched = undefined;
  }

  async #consider(name: PackageName, stopping: AbortSignal): Promise<void> {
    if (isLeftAlone(name)) return this.#tellLeftAlone(name);
    if (this.#settling.isDue(name, performance.now())) await this.#lookAt(name, stopping);
    else if (this.#settling.isFull) this.#isMoreThere = true;
  }

  async #lookAtHints(stopping: AbortSignal): Promise<void> {
    for (const hint of this.#hints?.drain() ?? []) {
      const name = packageName(Buffer.from(hint));
      if (!isLeftAlone(name) && this.#settling.isDue(name, performance.now())) {
        await this.#lookAt(name, stopping);
      }
    }
    if (this.#settling.size > flood.beginsAtFiles) await this.#unwatch();
  }

  async #lookAtDue(stopping: AbortSignal): Promise<void> {
    for (const name of this.#settling.due(performance.now(), looksAtOnce)) {
      await this.#lookAt(name, stopping);
    }
  }

  async #lookAt(name: PackageName, stopping: AbortSignal): Promise<void> {
    const found = await this.#look(name);
    if (found?.kind !== "file") {
      this.#settling.forget(name);
      if (found?.kind === "other") this.#tellLeftAlone(name);
      return;
    }
    const candidate = { name, fingerprint: found.fingerprint };
    if (!this.#settling.see(candidate, performance.now())) return;
    await this.#options.faults.at("after_stat");
    const settle = (outcome: OfferOutcome): void => this.#settled(name, outcome);
    const failures = this.#settling.failuresOf(name);
    const settledMs = performance.now();
    const seenMs = this.#settling.sinceMs(name) ?? settledMs;
    await this.#options.offer({ ...candidate, failures, seenMs, settledMs, settle }, stopping);
  }

  /** A file that cannot be looked at comes with a later scan, and holds up no other. */
  async #look(name: PackageName): Promise<Look | undefined> {
    try {
      return await look(pathOf(this.#options.ingest, name));
    } catch (err) {
      this.#noticeAmiss(err);
      return undefined;
    }
  }

  #settled(name: PackageName, outcome: OfferOutcome): void {
    if (outcome === "not_now") this.#settling.backOff(name, performance.now());
    else this.#settling.forget(name);
    if (outcome === "changed") this.#nextScanMs = Number.NEGATIVE_INFINITY;
    this.#ring();
  }

  #tellLeftAlone(name: PackageName): void {
    if (name.text === ".gitkeep" || name.text.startsWith(".downlink-trial-")) return;
    if (this.#leftAlone.size >= maxLoggedNames || this.#leftAlone.has(name.text)) return;
    this.#leftAlone.add(name.text);
    this.#options.log.info(
      { name: name.text },
      "left alone in the inbox: no regular file, or a name that is not final",
    );
  }

  #ring(): void {
    this.#isRung = true;
    this.#bell.emit("ring");
  }

  /** Until the next look or scan is due, something was announced, or the stop. */
  async #rest(stopping: AbortSignal): Promise<void> {
    const dueMs = Math.min(
      this.#settling.nextDueMs() ?? Number.POSITIVE_INFINITY,
      this.#nextScanMs,
    );
    const waitMs = dueMs - performance.now();
    if (waitMs > 0 && !this.#isRung && !stopping.aborted) {
      const over = new AbortController();
      const timer = setTimeout(() => this.#bell.emit("ring"), waitMs);
      const stop = (): void => over.abort();
      stopping.addEventListener("abort", stop, { once: true });
      await once(this.#bell, "ring", { signal: over.signal }).catch(() => {});
      stopping.removeEventListener("abort", stop);
      clearTimeout(timer);
    }
    this.#isRung = false;
  }
}
