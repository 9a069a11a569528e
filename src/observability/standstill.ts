// How long the package has stood still that stands longest: begun to be loaded, not ended, and without a commit since.
import type { DaemonEvent } from "./events.ts";

export class Standstill {
  /** When each package that is being loaded last moved. */
  readonly #movedMs = new Map<number, number>();

  /** @param nowMs of a monotonic clock */
  note(event: DaemonEvent, nowMs: number): void {
    switch (event.kind) {
      case "package_started":
      case "package_progress":
        this.#movedMs.set(event.fileId, nowMs);
        break;
      case "package_ended":
      case "package_released":
        this.#movedMs.delete(event.fileId);
        break;
    }
  }

  seconds(nowMs: number): number {
    let longestMs = 0;
    for (const movedMs of this.#movedMs.values()) longestMs = Math.max(longestMs, nowMs - movedMs);
    return longestMs / 1_000;
  }
}
