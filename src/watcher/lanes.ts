// So many at a time, of which large packages never take all: hashing four gigabytes, or loading ten million lines, must
// leave room for the small ones that come meanwhile. A large one first gets into the line of the large, then into that
// of all.
import PQueue from "p-queue";

/** More than a batch: such a package is read, hashed and committed for seconds. */
const largeBytes = 16 * 2 ** 20;

export const isLarge = (sizeBytes: bigint): boolean => sizeBytes > largeBytes;

export interface LaneWidths {
  readonly all: number;
  /** At most, of these. */
  readonly large: number;
}

export interface Entry {
  readonly sizeBytes: bigint;
  /** The higher goes first. Default 0. */
  readonly priority?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

export class Lanes {
  readonly #all: PQueue;
  readonly #large: PQueue;

  constructor({ all, large }: LaneWidths) {
    this.#all = new PQueue({ concurrency: all });
    this.#large = new PQueue({ concurrency: large });
  }

  /** Those in work are not ended by a smaller width. */
  resize({ all, large }: LaneWidths): void {
    this.#all.concurrency = all;
    this.#large.concurrency = large;
  }

  /** Those that wait. */
  get waiting(): number {
    return this.#all.size + this.#large.size;
  }

  /** Those in work. */
  get working(): number {
    return this.#all.pending;
  }

  async run(task: () => Promise<void>, entry: Entry): Promise<void> {
    const { sizeBytes, priority = 0, signal } = entry;
    const options = { priority, ...(signal !== undefined && { signal }) };
    const enter = (): Promise<void> => this.#all.add(task, options);
    await (isLarge(sizeBytes) ? this.#large.add(enter, options) : enter());
  }

  /** Those that wait where a package of this size would join them. */
  waitingBefore(sizeBytes: bigint): number {
    return this.#lineOf(sizeBytes).size;
  }

  /** Resolves when they are fewer than so many. */
  whenFewer(sizeBytes: bigint, count: number): Promise<void> {
    return this.#lineOf(sizeBytes).onSizeLessThan(count);
  }

  #lineOf(sizeBytes: bigint): PQueue {
    return isLarge(sizeBytes) ? this.#large : this.#all;
  }
}
