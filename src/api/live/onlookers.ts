// What onlookers are shown of the daemon's events. Made once for a daemon's life and not by the HTTP component, so that
// a restart of that forgets nothing.
import type { DaemonEvent, Events } from "../../observability/events.ts";
import type { Throttle } from "../schemas/status.ts";
import { EventFeed } from "./event-feed.ts";
import { ProgressBoard } from "./progress-board.ts";

export class Onlookers {
  readonly board = new ProgressBoard();
  readonly feed = new EventFeed(this.board);
  #throttle: Throttle;
  #inboxFiles: number | null = null;

  /** @param rowsPerSecond the ceiling to start with; 0: none */
  constructor(events: Events, rowsPerSecond: number) {
    this.#throttle = {
      rowsPerSecond: rowsPerSecond === 0 ? null : rowsPerSecond,
      pauseMs: 0,
      reason: "as set",
    };
    events.subscribe((event) => this.#take(event));
  }

  /** The throttle as it was last told to be. */
  get throttle(): Throttle {
    return this.#throttle;
  }

  /** Files that the last scan found in the inbox; null before the first. */
  get inboxFiles(): number | null {
    return this.#inboxFiles;
  }

  #take(event: DaemonEvent): void {
    if (event.kind === "inbox_changed") this.#inboxFiles = event.files;
    if (event.kind === "throttle_changed") {
      const { rowsPerSecond, pauseMs, reason } = event;
      this.#throttle = { rowsPerSecond, pauseMs, reason };
    }
    // The feed asks the board, for the name of a package that leaves it too.
    const leaves = event.kind === "package_ended" || event.kind === "package_released";
    if (leaves) this.feed.take(event);
    this.board.take(event);
    if (!leaves) this.feed.take(event);
  }
}
