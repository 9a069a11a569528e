// Makes events for onlookers out of the daemon's own: the progress of a package at most four times a second, its
// rejected lines summed up once a second, all else at once. Before a package's end comes what is still held back of it.
import { randomBytes } from "node:crypto";
import type { DaemonEvent } from "../../observability/events.ts";
import type { Event } from "../schemas/events.ts";
import { EventRing, type NumberedEvent } from "./event-ring.ts";
import type { ProgressBoard } from "./progress-board.ts";

const ringCapacity = 1_000;
const progressMs = 250;
const rejectsMs = 1_000;

export type FeedListener = (numbered: NumberedEvent) => void;

type Body = Event extends infer One ? (One extends Event ? Omit<One, "at"> : never) : never;
type Ended = Extract<DaemonEvent, { kind: "package_ended" }>;

/** What is held back of a package. */
interface Held {
  progress?: NodeJS.Timeout | undefined;
  hasMoved: boolean;
  rejects?: NodeJS.Timeout | undefined;
  readonly reasons: Map<string, number>;
}

export class EventFeed {
  readonly #board: ProgressBoard;
  readonly #ring = new EventRing(ringCapacity, randomBytes(4).toString("hex"));
  readonly #listeners = new Set<FeedListener>();
  readonly #held = new Map<number, Held>();

  /** @param board has taken each event before the feed does */
  constructor(board: ProgressBoard) {
    this.#board = board;
  }

  get newest(): string {
    return this.#ring.newest;
  }

  /** @returns undefined if a reader that has seen `id` last has missed more than is known */
  after(id: string): readonly NumberedEvent[] | undefined {
    return this.#ring.after(id);
  }

  /** @returns what ends the subscription */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  take(event: DaemonEvent): void {
    switch (event.kind) {
      case "package_claimed": {
        const { kind, fileId, name, sizeBytes } = event;
        this.#tell({ kind, fileId, name, sizeBytes });
        break;
      }
      case "package_started":
      case "package_progress":
        this.#moved(event.fileId);
        break;
      case "batch_committed":
        this.#rejected(event.fileId, event.reasons);
        break;
      case "package_ended":
        this.#ended(event);
        break;
      case "package_released":
        this.#release(event.fileId);
        break;
      default:
        this.#passOn(event);
    }
  }

  /** What is told as it is. */
  #passOn(event: DaemonEvent): void {
    switch (event.kind) {
      case "component_restarted":
        this.#tell({ kind: event.kind, component: event.component, reason: event.reason });
        break;
      case "throttle_changed": {
        const { kind, rowsPerSecond, pauseMs, reason } = event;
        this.#tell({ kind, rowsPerSecond, pauseMs, reason });
        break;
      }
      case "database_changed":
        this.#tell({ kind: event.kind, state: event.state });
        break;
      case "settings_changed":
        this.#tell({ kind: event.kind, names: event.names });
        break;
    }
  }

  #moved(fileId: number): void {
    const held = this.#heldOf(fileId);
    held.hasMoved = true;
    if (held.progress === undefined) this.#tellProgress(fileId, held);
  }

  /** At once if nothing was told lately; what comes meanwhile is told as one when the time has passed. */
  #tellProgress(fileId: number, held: Held): void {
    held.progress = undefined;
    if (!held.hasMoved) return;
    held.hasMoved = false;
    const progress = this.#board.find(fileId);
    if (progress === undefined) return;
    this.#tell({ kind: "package_progress", ...progress });
    held.progress = setTimeout(() => this.#tellProgress(fileId, held), progressMs).unref();
  }

  #rejected(fileId: number, reasons: Readonly<Record<string, number>>): void {
    const counted = Object.entries(reasons).filter(([, count]) => count > 0);
    if (counted.length === 0) return;
    const held = this.#heldOf(fileId);
    for (const [reason, count] of counted) {
      held.reasons.set(reason, (held.reasons.get(reason) ?? 0) + count);
    }
    held.rejects ??= setTimeout(() => this.#tellRejects(fileId, held), rejectsMs).unref();
  }

  #tellRejects(fileId: number, held: Held): void {
    clearTimeout(held.rejects);
    held.rejects = undefined;
    if (held.reasons.size === 0) return;
    const reasons = Object.fromEntries(held.reasons);
    held.reasons.clear();
    const count = Object.values(reasons).reduce((sum, one) => sum + one, 0);
    const name = this.#board.nameOf(fileId) ?? "";
    this.#tell({ kind: "lines_rejected", fileId, name, count, reasons });
  }

  #ended(event: Ended): void {
    this.#release(event.fileId);
    this.#tell(endOf(event));
  }

  #release(fileId: number): void {
    const held = this.#held.get(fileId);
    if (held === undefined) return;
    clearTimeout(held.progress);
    this.#tellRejects(fileId, held);
    this.#held.delete(fileId);
  }

  #heldOf(fileId: number): Held {
    const found = this.#held.get(fileId);
    if (found !== undefined) return found;
    const held: Held = { hasMoved: false, reasons: new Map() };
    this.#held.set(fileId, held);
    return held;
  }

  #tell(body: Body): void {
    const numbered = this.#ring.add({ ...body, at: new Date().toISOString() });
    for (const listener of [...this.#listeners]) listener(numbered);
  }
}

function endOf(event: Ended): Body {
  const { fileId, name, satelliteType, sizeBytes, totalLines, importedLines, errors } = event;
  const figures = { fileId, name, satelliteType, sizeBytes, totalLines, importedLines, errors };
  switch (event.outcome) {
    case "complete":
      return { kind: "package_complete", ...figures, seconds: event.seconds };
    case "failed":
      return { kind: "package_failed", ...figures, error: event.error ?? "" };
    case "duplicate":
      return { kind: "package_duplicate", ...figures, duplicateOf: event.duplicateOf ?? null };
  }
}
