// The one throttle of the process: which batch is written when, how many transactions write at a time, how many rows a
// second, and how long the server rests between them and within. Packages take turns (turns.ts). A batch is paid for
// before it is written, by the time for which somebody waits: over any time since the start no more rows are written
// than the ceiling allows, and idle time is not saved up. Its limits are asked for at each look, and may change at any
// time; who changes them while the daemon gives way to others is in adaptive-throttle.ts.
import { type Clock, longestDelayMs, systemClock } from "../supervisor/clock.ts";
import { Pace } from "./pace.ts";
import { RowCost } from "./row-cost.ts";
import { Spread } from "./spread.ts";
import { type Turn, Turns } from "./turns.ts";

interface ThrottleLimits {
  /** Over all packages; 0: none. */
  readonly rowsPerSecond: number;
  /** From one transaction's end to the next one's beginning, at least. */
  readonly pauseMs: number;
  /** Of the time, how much may be worked; the rest of it is rest. Above 0, at most 1. */
  readonly share: number;
}

export interface ThrottleOptions {
  /** As they are at this moment. `changed` tells the throttle to ask again. */
  readonly limits: () => ThrottleLimits;
  /** Resolves when they are known; default: they are. Until then nothing is written. */
  readonly whenKnown?: (signal: AbortSignal) => Promise<void>;
  /** Large transactions that write at the same time, unless there is to be rest; and small ones beside them. */
  readonly maxTransactions: { readonly large: number; readonly small: number };
  readonly clock?: Clock;
}

/** How a transaction's rows are to be sent. */
export interface Pacing {
  /** Rows of the next piece at most. */
  readonly pieceRows: number;
  /**
   * To be called between two pieces of a COPY, with the rows of the one that was sent: waits, so that the server rests
   * as long as it is to. The server works on a piece after it was sent, so only what a row usually takes says how long.
   */
  rest(rows: number): Promise<void>;
  /** So far. */
  readonly restedMs: number;
}

type Kind = "large" | "small";
const kindOf = ({ rows }: Pick<Turn, "rows">): Kind => (rows < largeRows ? "small" : "large");

interface Waiting extends Turn {
  /** Whether it is turned away when the ceiling comes to allow fewer rows at once. */
  readonly isDivisible: boolean;
  /** Ends the wait. */
  readonly answer: (answer: "begin" | "too_large") => void;
}

export interface TurnOptions<Result> {
  /** Whether all rows were written, so that the turn tells what they take. Default: they were. */
  readonly hasWritten?: (result: Result) => boolean;
  /** What comes of it if the ceiling has been lowered below its rows before it began. Default: it waits as long as that takes. */
  readonly tooLarge?: () => Result;
}

/** Between two transactions, however long the first one worked. */
const longestRestMs = 5_000;
/** Transactions with fewer rows are small: they are over before anybody feels them, and say little of what a row takes. */
const largeRows = 5_000;
/** Of the time that a large transaction would take, beside small ones. */
const shareBesideSmall = 0.5;
/** How long the next small one is waited for: a package takes a few steps before it has its batch. */
const smallStayMs = 100;

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #clock: Clock;
  readonly #turns = new Turns<Waiting>();
  readonly #running = { large: 0, small: 0 };
  /** When a small transaction last came or ended. */
  #smallAtMs = Number.NEGATIVE_INFINITY;
  /** Rows paid for. */
  #credit = 0;
  /** The rate at which is paid since then. */
  #rowsPerSecond = 0;
  #paidAtMs: number;
  #endedAtMs = Number.NEGATIVE_INFINITY;
  /** What the last transaction worked and rested. */
  #ended = { workedMs: 0, restedMs: 0 };
  #wasCutOff = false;
  readonly #rowCost = new RowCost();
  #cancelTimer = (): void => {};

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#paidAtMs = this.#clock.nowMs();
  }

  /** Most rows that a batch may have under the ceiling: one second's worth. */
  get maxBatchRows(): number {
    const { rowsPerSecond } = this.#options.limits();
    return rowsPerSecond === 0 ? Number.POSITIVE_INFINITY : rowsPerSecond;
  }

  /** Batches that wait for their turn. */
  get waiting(): number {
    return this.#turns.size;
  }

  /** Whether somebody writes or wants to. */
  get isBusy(): boolean {
    return this.#running.large + this.#running.small + this.#turns.size > 0;
  }

  /** What the last large transaction took by the best so far; asked for once. */
  takeSlowness(): number | undefined {
    return this.#rowCost.takeSlowness();
  }

  /** A transaction was cut off, or took too long. */
  cutOff(): void {
    this.#wasCutOff = true;
  }

  /** Whether one was, since this was last asked. */
  takeCutOff(): boolean {
    const wasCutOff = this.#wasCutOff;
    this.#wasCutOff = false;
    return wasCutOff;
  }

  /** What the limits come to: rows a second at most, null if there is no limit, and the pause between transactions. */
  get inForce(): { readonly rowsPerSecond: number | null; readonly pauseMs: number } {
    const { rowsPerSecond, pauseMs, share } = this.#options.limits();
    const ceiling = rowsPerSecond === 0 ? Number.POSITIVE_INFINITY : rowsPerSecond;
    const shared = share === 1 ? ceiling : (1_000 * share) / (this.#rowCost.ms ?? 0);
    const rows = Math.round(Math.min(ceiling, shared));
    return { rowsPerSecond: Number.isFinite(rows) ? rows : null, pauseMs };
  }

  /**
   * Runs `work` in its turn, once its rows are paid for.
   * @param signal ends the wait, with its reason. Work that has begun is not cut short by it, only its rests are:
   *   whoever asked waits on.
   */
  async run<Result>(
    turn: Turn,
    signal: AbortSignal,
    work: (pacing: Pacing) => Promise<Result>,
    { hasWritten = () => true, tooLarge }: TurnOptions<Result> = {},
  ): Promise<Result> {
    signal.throwIfAborted();
    if (this.#options.whenKnown !== undefined) await this.#options.whenKnown(signal);
    const answer = await this.#turnOf(turn, tooLarge !== undefined, signal);
    if (answer === "too_large" && tooLarge !== undefined) return tooLarge();
    const kind = kindOf(turn);
    const pace = new Pace(this.#clock, () => this.#shareOf(kind), this.#rowCost.reliableMs, signal);
    try {
      const result = await work(pace);
      this.#note(turn, pace, hasWritten(result));
      return result;
    } finally {
      this.#running[kind]--;
      if (kind === "small") this.#smallAtMs = this.#clock.nowMs();
      this.#endedAtMs = this.#clock.nowMs();
      this.#look();
    }
  }

  /** Whether others use the server, who may need the processors too. */
  get isGivingWay(): boolean {
    return this.#options.limits().share < 1;
  }

  /** For who prepares the rows of a package. @param signal ends all waits */
  spread(signal: AbortSignal): Spread {
    return new Spread(this.#clock, () => this.#msPerWrittenRow, signal);
  }

  /** The limits are others now. */
  changed(): void {
    this.#look();
  }

  #turnOf(
    { fileId, rows }: Turn,
    isDivisible: boolean,
    signal: AbortSignal,
  ): Promise<"begin" | "too_large"> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason); // By now: it would tell nobody any more.
      const giveUp = (): void => {
        this.#turns.remove(waiting);
        reject(signal.reason);
        this.#look();
      };
      const answer: Waiting["answer"] = (answered) => {
        signal.removeEventListener("abort", giveUp);
        resolve(answered);
      };
      const waiting = { fileId, rows, isDivisible, answer };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#pay(); // Up to now: nobody pays for the time before it came.
      this.#turns.add(waiting);
      if (kindOf(waiting) === "small") this.#smallAtMs = this.#clock.nowMs();
      this.#look();
    });
  }

  /** Lets begin whoever may, and comes again when the next one may. */
  #look(): void {
    this.#pay();
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    this.#turnAway();
    for (;;) {
      const next = this.#turns.next((turn) => this.#hasPlaceFor(kindOf(turn)));
      if (next === undefined) return;
      const waitMs = Math.max(this.#msToPay(next), this.#msToRest());
      if (waitMs > 0) {
        this.#cancelTimer = this.#clock.after(waitMs, () => this.#look());
        return;
      }
      this.#turns.take(next);
      this.#credit = this.#rowsPerSecond === 0 ? 0 : Math.max(0, this.#credit - next.rows);
      this.#running[kindOf(next)]++;
      next.answer("begin");
    }
  }

  #turnAway(): void {
    for (const turn of this.#turns.largerThan(this.maxBatchRows)) {
      if (!turn.isDivisible) continue;
      this.#turns.remove(turn);
      turn.answer("too_large");
    }
  }

  /**
   * There is no pause beside a transaction that writes; where there is to be rest, one of each kind writes, and beside
   * small ones a single large one.
   */
  #hasPlaceFor(kind: Kind): boolean {
    const { pauseMs, share } = this.#options.limits();
    if (pauseMs > 0) return this.#running.large + this.#running.small === 0;
    const isAlone = share < 1 || (kind === "large" && this.#areSmallAtWork);
    return this.#running[kind] < (isAlone ? 1 : this.#options.maxTransactions[kind]);
  }

  /** A large transaction leaves room to small ones of other packages, which would feel it in each of their steps. */
  #shareOf(kind: Kind): number {
    const { share } = this.#options.limits();
    return kind === "large" && this.#areSmallAtWork ? Math.min(share, shareBesideSmall) : share;
  }

  /** Rests included; undefined where there are none, or it is not known. */
  get #msPerWrittenRow(): number | undefined {
    const share = this.#shareOf("large");
    return share < 1 && this.#rowCost.ms !== undefined ? this.#rowCost.ms / share : undefined;
  }

  get #areSmallAtWork(): boolean {
    return this.#running.small > 0 || this.#clock.nowMs() - this.#smallAtMs < smallStayMs;
  }

  /** Time pays for who waits, at the rate that held meanwhile. */
  #pay(): void {
    const nowMs = this.#clock.nowMs();
    const paid = ((nowMs - this.#paidAtMs) / 1_000) * this.#rowsPerSecond;
    // No more than is waited for: a server that stood still is not flooded afterwards.
    this.#credit = Math.min(this.#credit + paid, this.#turns.mostRows);
    this.#paidAtMs = nowMs;
    this.#rowsPerSecond = this.#options.limits().rowsPerSecond;
  }

  #msToPay({ rows }: Turn): number {
    if (this.#rowsPerSecond === 0) return 0;
    return toTimer(((rows - this.#credit) / this.#rowsPerSecond) * 1_000);
  }

  #msToRest(): number {
    const { pauseMs, share } = this.#options.limits();
    const { workedMs, restedMs } = this.#ended;
    const owedMs = Math.min(longestRestMs, (workedMs * (1 - share)) / share - restedMs);
    return toTimer(this.#endedAtMs + Math.max(pauseMs, owedMs) - this.#clock.nowMs());
  }

  /** Remembers how a transaction went, and learns what a row takes. One that was given up early says nothing of that. */
  #note({ rows }: Turn, { elapsedMs, restedMs }: Pace, hasWritten: boolean): void {
    const ms = elapsedMs - restedMs;
    const hasRested = restedMs > 0;
    // Amid rests the server's work is not seen, unless it was slower than expected.
    this.#ended = {
      workedMs: Math.max(ms, hasRested ? rows * (this.#rowCost.ms ?? 0) : 0),
      restedMs,
    };
    if (!hasWritten || kindOf({ rows }) === "small") return;
    if (hasRested) this.#rowCost.rested();
    else this.#rowCost.learn(rows, ms);
  }
}
/** Whole milliseconds, since a timer may go off up to one early; and it is looked again before the longest. */
function toTimer(ms: number): number {
  return Math.min(longestDelayMs, Math.max(0, Math.ceil(ms)));
}
