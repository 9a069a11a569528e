// Decides how much of its time the daemon works, from what the server tells of others. Down at once, up within seconds,
// never below a floor, so that a load beside a busy server still gets on. It looks at others and not at the effect of
// its own share, so it has nothing to swing with. Lost connections count as the strongest pressure there is: a limit
// that only looks at answers would go up while they fail. Pure: looks in, decisions out.

/** What one look at the server found. */
export interface ServerLook {
  /** Connections of others that are at work, or were a moment ago. */
  readonly busy: number;
  /** Of these, those that wait for a lock, the log or the disk. */
  readonly waiting: number;
  /** Log that the slowest replica has not yet replayed; 0 if there is none. */
  readonly lagBytes: number;
  /** Our own last transaction: its time for a row by the best so far. undefined: there was none to compare. */
  readonly slowness: number | undefined;
}

/** lost: the look, or a transaction since the last one, was cut off or took too long. */
export type Look = ({ readonly kind: "seen" } & ServerLook) | { readonly kind: "lost" };

/** For a person, by what metrics call it. */
export const throttleReasons = {
  free: "nobody else is at work",
  off: "the adaptive throttle is off",
  waiting: "others wait for locks or the disk",
  busy: "others are at work",
  lag: "a replica lags behind",
  lost: "connections to the server are lost",
} as const;

export interface Decision {
  /** Of the time, how much may be worked. */
  readonly share: number;
  readonly reason: (typeof throttleReasons)[keyof typeof throttleReasons];
}

/** Beside others a load still runs at this share of its full speed. */
export const lowestShare = 0.4;

/** Connections at work, on average: below the first nobody is disturbed, from the second on all is given that is. */
const busyRange = { from: 0.25, to: 1 };
const waitingRange = { from: 0.1, to: 0.5 };
const lagRange = { from: 64 * 2 ** 20, to: 256 * 2 ** 20 };

/** More of them say no more, and would be remembered longer. */
const mostCounted = 3;
/** How long a look is remembered: some of them, so that a question now and then, as of a monitor, is none. */
const memoryMs = 400;
/** Each second the share may grow by this part of itself. */
const growthPerSecond = 0.8;
/** Smaller changes are none. */
const leastChange = 0.02;

export class ThrottleController {
  #share = 1;
  #reason: Decision["reason"] = throttleReasons.free;
  #busy = 0;
  #waiting = 0;
  #slowness = 1;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs of a monotonic clock, never earlier than before */
  decide(look: Look, nowMs: number): Decision {
    const sinceMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    const wish =
      look.kind === "lost" ? lostWish : this.#wishOf(look, 1 - Math.exp(-sinceMs / memoryMs));
    const highest = this.#share * (1 + (growthPerSecond * Math.min(sinceMs, 1_000)) / 1_000);
    const share = Math.min(wish.share, highest);
    const isChange =
      Math.abs(share - this.#share) >= leastChange || (share === 1 && this.#share < 1);
    if (isChange) this.#share = share;
    if (isChange || wish.share === share) this.#reason = wish.reason;
    return { share: this.#share, reason: this.#reason };
  }

  /** The share that the server would bear. @param weight of this look among those before, 0 to 1 */
  #wishOf(look: ServerLook, weight: number): Decision {
    const learn = (before: number, now: number): number =>
      before + (Math.min(now, mostCounted) - before) * weight;
    this.#busy = learn(this.#busy, look.busy);
    this.#waiting = learn(this.#waiting, look.waiting);
    this.#slowness = learn(this.#slowness, Math.max(1, look.slowness ?? 1));
    // Others weigh more where our own work suffers from them too.
    const busy = this.#busy * this.#slowness;
    const wishes: Decision[] = [
      { share: shareFor(this.#waiting, waitingRange), reason: throttleReasons.waiting },
      { share: shareFor(busy, busyRange), reason: throttleReasons.busy },
      { share: shareFor(look.lagBytes, lagRange), reason: throttleReasons.lag },
    ];
    const least = wishes.reduce((before, wish) => (wish.share < before.share ? wish : before));
    return least.share > 1 - leastChange ? freeWish : least;
  }
}

const freeWish: Decision = { share: 1, reason: throttleReasons.free };
const lostWish: Decision = { share: lowestShare, reason: throttleReasons.lost };

/** From 1 at the beginning of the range down to the lowest share at its end. */
function shareFor(
  value: number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return 1 - part * (1 - lowestShare);
}
