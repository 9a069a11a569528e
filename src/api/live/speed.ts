// How fast a counter has moved lately: over the last seconds and not since the beginning, so that a stall shows.

const windowMs = 10_000;
/** Closer values say nothing more. */
const leastStepMs = 200;

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

export class Speed {
  /** The oldest first. */
  #samples: Sample[] = [];

  /** @param atMs of a monotonic clock */
  note(value: number, atMs: number): void {
    const last = this.#samples.at(-1);
    const isClose = last !== undefined && atMs - last.atMs < leastStepMs;
    if (isClose && this.#samples.length > 1) this.#samples.pop();
    this.#samples.push({ atMs, value });
    const firstInside = this.#samples.findIndex((sample) => sample.atMs >= atMs - windowMs);
    if (firstInside > 1) this.#samples = this.#samples.slice(firstInside - 1);
  }

  perSecond(nowMs: number): number {
    const last = this.#samples.at(-1);
    // What the counter was when the window began: while nothing moves, nothing is noted either.
    const before = this.#samples.findLast((sample) => sample.atMs <= nowMs - windowMs);
    const first = before ?? this.#samples[0];
    if (first === undefined || last === undefined || nowMs <= first.atMs) return 0;
    return Math.max(0, ((last.value - first.value) / (nowMs - first.atMs)) * 1_000);
  }
}
