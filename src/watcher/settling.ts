// When a file in the inbox is whole: it has not changed for the settle time. Size alone is not enough (a file can have
// its full length long before its bytes), and the wall clock is not asked: what counts is that two looks, far enough
// apart on a monotonic clock, see the same. Pure: it is told what was seen and when.
import { type Fingerprint, isUnchanged } from "../folders/file-identity.ts";
import type { PackageName } from "../folders/package-name.ts";

/** A file that was seen in the inbox. */
export interface Candidate {
  readonly name: PackageName;
  readonly fingerprint: Fingerprint;
}

/**
 * settling: seen, and looked at again when `dueMs` has come. offered: whole, and in the hands of intake until it says
 * what became of it. backing_off: could not be taken, tried again when `dueMs` has come.
 */
type Entry = Candidate & {
  readonly state: "settling" | "offered" | "backing_off";
  /** Since when the file is as it is. */
  readonly sinceMs: number;
  readonly dueMs: number;
  /** How often in a row it could not be taken. */
  readonly failures: number;
};

const firstBackoffMs = 1_000;
const longestBackoffMs = 60_000;

export class Settling {
  readonly #settleMs: number;
  readonly #capacity: number;
  /** Settling or offered. */
  readonly #entries = new Map<string, Entry>();
  /** Those that could not be taken take no room from the others. The one that was tried longest ago comes first. */
  readonly #backingOff = new Map<string, Entry>();

  /**
   * @param capacity how many files are watched at a time, and how many more are remembered that could not be taken;
   *   further ones come with a later scan.
   */
  constructor(settleMs: number, capacity: number) {
    this.#settleMs = settleMs;
    this.#capacity = capacity;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#capacity;
  }

  /** Files that are settling or offered. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether a look at this file would tell anything new now. */
  isDue(name: PackageName, nowMs: number): boolean {
    const entry = this.#find(name);
    if (entry === undefined) return !this.isFull;
    if (entry.state === "backing_off" && this.isFull) return false;
    return entry.state !== "offered" && entry.dueMs <= nowMs;
  }

  /** Takes in what a look has seen. @returns whether the file is whole; it is then held as offered */
  see(candidate: Candidate, nowMs: number): boolean {
    const key = keyOf(candidate.name);
    const entry = this.#find(candidate.name);
    const same = entry !== undefined && isUnchanged(entry.fingerprint, candidate.fingerprint);
    const sinceMs = same ? entry.sinceMs : nowMs;
    const isWhole = nowMs - sinceMs >= this.#settleMs;
    this.#backingOff.delete(key);
    this.#entries.set(key, {
      ...candidate,
      state: isWhole ? "offered" : "settling",
      sinceMs,
      dueMs: sinceMs + this.#settleMs,
      failures: same ? entry.failures : 0,
    });
    return isWhole;
  }

  /** How often in a row the file could not be taken, as it is. */
  failuresOf(name: PackageName): number {
    return this.#find(name)?.failures ?? 0;
  }

  /** Since when the file is as it is. */
  sinceMs(name: PackageName): number | undefined {
    return this.#find(name)?.sinceMs;
  }

  /** The file is no longer in the inbox, or no file at all. */
  forget(name: PackageName): void {
    this.#entries.delete(keyOf(name));
    this.#backingOff.delete(keyOf(name));
  }

  /** Forgets all files but these. */
  keepOnly(isThere: (name: PackageName) => boolean): void {
    for (const files of [this.#entries, this.#backingOff]) {
      for (const [key, { name }] of files) if (!isThere(name)) files.delete(key);
    }
  }

  /** The file could not be taken: it is offered again, after a while that grows. */
  backOff(name: PackageName, nowMs: number): void {
    const entry = this.#find(name);
    if (entry === undefined) return;
    const failures = entry.failures + 1;
    const waitMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures - 1, 10));
    this.forget(name);
    const dueMs = nowMs + waitMs;
    this.#backingOff.set(keyOf(name), { ...entry, state: "backing_off", failures, dueMs });
    const [longestAgo] = this.#backingOff.keys();
    if (this.#backingOff.size > this.#capacity && longestAgo !== undefined) {
      this.#backingOff.delete(longestAgo);
    }
  }

  /** Names to look at now, at most `most`. */
  due(nowMs: number, most: number): PackageName[] {
    const names: PackageName[] = [];
    for (const { name, state, dueMs } of this.#waiting()) {
      if (names.length >= most) break;
      if (state !== "offered" && dueMs <= nowMs) names.push(name);
    }
    return names;
  }

  /** When the next look is due; undefined if nothing waits. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const { state, dueMs } of this.#waiting()) {
      if (state !== "offered" && (next === undefined || dueMs < next)) next = dueMs;
    }
    return next;
  }

  #find(name: PackageName): Entry | undefined {
    const key = keyOf(name);
    return this.#entries.get(key) ?? this.#backingOff.get(key);
  }

  *#waiting(): Iterable<Entry> {
    yield* this.#entries.values();
    if (!this.isFull) yield* this.#backingOff.values();
  }
}

/** Names are compared byte by byte: latin1 is the one encoding in which no two differ and look the same. */
function keyOf({ bytes }: PackageName): string {
  return bytes.toString("latin1");
}
