// The packages in work as the events tell, put right now and then by the status of the daemon.
import type { Event } from "../../api/schemas/events.ts";
import type { Work } from "../status/work-lines.ts";

export class Board {
  readonly #work = new Map<number, Work>();

  /** In the order of their ids. */
  work(): readonly Work[] {
    return [...this.#work.values()].sort((a, b) => a.fileId - b.fileId);
  }

  /** The whole truth: a claim that turned out to be another package is told by no event. */
  replace(work: readonly Work[]): void {
    this.#work.clear();
    for (const one of work) this.#work.set(one.fileId, one);
  }

  take(event: Event): void {
    switch (event.kind) {
      case "package_claimed": {
        const { fileId, name } = event;
        this.#work.set(fileId, { fileId, name, state: "claimed", share: 0 });
        break;
      }
      case "package_progress":
        this.#work.set(event.fileId, event);
        break;
      case "package_complete":
      case "package_failed":
      case "package_duplicate":
        this.#work.delete(event.fileId);
        break;
    }
  }
}
