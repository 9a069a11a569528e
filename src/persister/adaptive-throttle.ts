// The throttle that listens: looks at the server while there is something to write, and gives way to its other users.
// What it sees is judged in throttle-controller.ts, and what follows is carried out by the throttle. Switched off, or
// with nothing to write, it asks nothing.
import { pause } from "../database/backoff.ts";
import type { Database } from "../database/database.ts";
import type { Events } from "../observability/events.ts";
import type { Log } from "../observability/log.ts";
import { systemClock } from "../supervisor/clock.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import { type Others, ServerLooker } from "./server-look.ts";
import { Throttle } from "./throttle.ts";
import {
  type Decision,
  type Look,
  ThrottleController,
  throttleReasons,
} from "./throttle-controller.ts";

/** As they are in force. */
interface ThrottleSettings {
  readonly rowsPerSecond: number;
  readonly pauseMs: number;
  readonly adaptive: boolean;
}

export interface AdaptiveThrottleOptions {
  readonly database: Database;
  readonly settings: () => ThrottleSettings;
  readonly whenKnown: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  readonly events: Events;
}

/** Transactions that write at the same time. Of large ones, one loads while the other commits; small ones mostly wait. */
const maxTransactions = { large: 2, small: 4 };
/** Between two looks. Each one costs the server less than a millisecond. */
const lookMs = 100;
/** A change of the share that is worth a line in the log, and how often at most. */
const bigChange = 0.3;
const quietMs = 5_000;

/** With nothing to write for so long, nothing is known of others. */
const forgetMs = 10_000;
const unhindered: Decision = { share: 1, reason: throttleReasons.free };
const atFullSpeed: Decision = { share: 1, reason: throttleReasons.off };

export class AdaptiveThrottle {
  readonly throttle: Throttle;
  readonly #options: AdaptiveThrottleOptions;
  readonly #looker = new ServerLooker();
  #controller = new ThrottleController();
  #decision = unhindered;
  #decidedAtMs = Number.NEGATIVE_INFINITY;
  #logged = { share: 1, atMs: Number.NEGATIVE_INFINITY };
  #isHiddenTold = false;

  constructor(options: AdaptiveThrottleOptions) {
    this.#options = options;
    const { settings, whenKnown } = options;
    const share = (): number => this.#decision.share;
    // As they are when they are read: asked for a few times for each piece, so one object has to do.
    const limits = {
      get rowsPerSecond() {
        return settings().rowsPerSecond;
      },
      get pauseMs() {
        return settings().pauseMs;
      },
      get share() {
        return share();
      },
    };
    this.throttle = new Throttle({ limits: () => limits, whenKnown, maxTransactions });
  }

  /** What holds at this moment, and why. */
  get decision(): Decision {
    return this.#decision;
  }

  /** Runs the component. */
  start(): Component {
    return spawn((lifetime) => this.#run(lifetime));
  }

  /** The settings are others now. */
  settingsChanged(): void {
    if (!this.#options.settings().adaptive) this.#beOff();
    this.throttle.changed();
    this.#publish("settings");
  }

  async #run({ stopping }: Lifetime): Promise<void> {
    try {
      for (; !stopping.aborted; await pause(lookMs, stopping)) {
        if (!this.#options.settings().adaptive) this.#beOff();
        else if (this.throttle.isBusy) await this.#decide();
        else if (systemClock.nowMs() - this.#decidedAtMs > forgetMs) this.#forget();
      }
    } finally {
      this.#looker.close();
    }
  }

  #beOff(): void {
    this.#controller = new ThrottleController();
    this.#enforce(atFullSpeed);
  }

  /** What was seen is too old by now to begin with. */
  #forget(): void {
    this.#controller = new ThrottleController();
    this.#enforce(unhindered);
  }

  async #decide(): Promise<void> {
    this.#decidedAtMs = systemClock.nowMs();
    const look = await this.#look();
    const decision = this.#controller.decide(look, systemClock.nowMs());
    if (this.#options.settings().adaptive) this.#enforce(decision);
  }

  async #look(): Promise<Look> {
    const { state } = this.#options.database;
    const wasCutOff = this.throttle.takeCutOff();
    const slowness = this.throttle.takeSlowness();
    if (state.kind !== "ready") return { kind: "lost" };
    try {
      const others = await this.#looker.look(state.access.url);
      this.#tellHidden(others);
      return wasCutOff ? { kind: "lost" } : { kind: "seen", ...others, slowness };
    } catch (err) {
      this.#options.log.debug({ err }, "the server did not answer the throttle");
      return { kind: "lost" };
    }
  }

  #enforce(decision: Decision): void {
    const { share } = this.#decision;
    this.#decision = decision;
    if (decision.share === share) return;
    this.throttle.changed();
    this.#tell(decision);
    this.#publish(decision.reason);
  }

  /** Small steps are for who looks closely. */
  #tell({ share, reason }: Decision): void {
    const nowMs = systemClock.nowMs();
    const isBig = Math.abs(share - this.#logged.share) >= bigChange;
    const isLoud = isBig && nowMs - this.#logged.atMs >= quietMs;
    if (isLoud) this.#logged = { share, atMs: nowMs };
    const fields = { share: Math.round(share * 100) / 100, reason };
    this.#options.log[isLoud ? "info" : "debug"](fields, "throttle changed");
  }

  #publish(reason: string): void {
    const { rowsPerSecond, pauseMs } = this.throttle.inForce;
    this.#options.events.publish({ kind: "throttle_changed", rowsPerSecond, pauseMs, reason });
  }

  #tellHidden({ hidden }: Others): void {
    if (hidden === 0 || this.#isHiddenTold) return;
    this.#isHiddenTold = true;
    this.#options.log.info(
      { hidden },
      "the throttle cannot see what others do on the server: grant the role pg_read_all_stats",
    );
  }
}
