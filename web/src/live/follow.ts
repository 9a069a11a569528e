// Follows the daemon for as long as the page is open: one stream of events, and the status that they change.
import type { StreamEvent } from "../api/event-parser.ts";
import { keepStreamOpen } from "../api/event-stream.ts";
import { type DaemonEvent, tell } from "./events.ts";
import { refreshStatus, statusAfter } from "./status.ts";
import { countAnew, countEvent, startCounting } from "./throughput.ts";
import { applyToWork } from "./work.ts";

export function followDaemon(): void {
  startCounting();
  void keepStreamOpen({
    opened() {
      countAnew();
      void refreshStatus();
      tell({ kind: "reset", at: new Date().toISOString(), reason: "the stream was opened" });
    },
    event(streamed) {
      const event = readEvent(streamed);
      if (event === undefined) return;
      countEvent(event);
      applyToWork(event);
      if (event.kind === "reset") void refreshStatus();
      else statusAfter(event);
      tell(event);
    },
  });
}

/** @returns undefined for what is no event of ours */
function readEvent({ data }: StreamEvent): DaemonEvent | undefined {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
