// How much a second, over the last seconds: for people who look, not for calculation, which counters are better at.

const windowMs = 10_000;
/** Amounts are summed up in slots of this length, so that their number is bounded. */
const slotMs = 250;

export class RecentRate {
  /** Oldest first. */
  #slots: { readonly beginMs: number; amount: number }[] = [];

  /** @param nowMs of a monotonic clock, never less than before */
  add(amount: number, nowMs: number): void {
    this.#forget(nowMs);
    const last = this.#slots.at(-1);
    if (last !== undefined && nowMs - last.beginMs < slotMs) last.amount += amount;
    else this.#slots.push({ beginMs: nowMs, amount });
  }

  perSecond(nowMs: number): number {
    this.#forget(nowMs);
    const sum = this.#slots.reduce((total, { amount }) => total + amount, 0);
    return sum / (windowMs / 1_000);
  }

  #forget(nowMs: number): void {
    this.#slots = this.#slots.filter(({ beginMs }) => nowMs - beginMs < windowMs);
  }
}
