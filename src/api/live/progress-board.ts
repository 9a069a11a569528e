// The packages that this daemon has in work, as its events tell: how far each is, how fast, and how long it will take.
// What was before the board was made it does not know; a package comes in with its next commit.
import type { DaemonEvent } from "../../observability/events.ts";
import type { PackageInWork } from "../schemas/status.ts";
import { Speed } from "./speed.ts";

type Figures = Pick<
  PackageInWork,
  "name" | "satelliteType" | "sizeBytes" | "offset" | "totalLines" | "importedLines" | "errors"
>;

interface Entry {
  readonly fileId: number;
  readonly state: PackageInWork["state"];
  readonly figures: Figures;
  readonly sinceMs: number; // By the wall clock.
  readonly rows: Speed;
  readonly bytes: Speed;
}

/** More are not in work; should an end ever be missed, memory is bounded all the same. */
const mostEntries = 1_000;

export class ProgressBoard {
  readonly #entries = new Map<number, Entry>();
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds of a monotonic clock */
  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  take(event: DaemonEvent): void {
    switch (event.kind) {
      case "package_claimed":
        this.#enter(event.fileId, "claimed", { ...nothingYet, ...named(event) }, event.at);
        break;
      case "package_known":
        this.#entries.delete(event.claimId);
        break;
      case "package_started":
        this.#enter(event.fileId, "loading", figuresOf(event), event.at);
        break;
      case "package_progress":
        this.#progress(event);
        break;
      case "package_ended":
      case "package_released":
        this.#entries.delete(event.fileId);
        break;
    }
  }

  get isLoading(): boolean {
    return [...this.#entries.values()].some(({ state }) => state === "loading");
  }

  nameOf(fileId: number): string | undefined {
    return this.#entries.get(fileId)?.figures.name;
  }

  find(fileId: number): PackageInWork | undefined {
    const entry = this.#entries.get(fileId);
    return entry && shown(entry, this.#nowMs());
  }

  /** In the order in which they came into work. */
  all(): PackageInWork[] {
    return [...this.#entries.values()].map((entry) => shown(entry, this.#nowMs()));
  }

  #progress(event: Extract<DaemonEvent, { kind: "package_progress" }>): void {
    const entry = this.#entries.get(event.fileId);
    if (entry?.state !== "loading") {
      this.#enter(event.fileId, "loading", figuresOf(event), event.at);
      return;
    }
    this.#entries.set(event.fileId, { ...entry, figures: figuresOf(event) });
    this.#note(entry, event);
  }

  #enter(fileId: number, state: Entry["state"], figures: Figures, sinceMs: number): void {
    this.#entries.delete(fileId); // To the end of the order.
    const entry = { fileId, state, figures, sinceMs, rows: new Speed(), bytes: new Speed() };
    this.#entries.set(fileId, entry);
    this.#note(entry, figures);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > mostEntries && oldest !== undefined) this.#entries.delete(oldest);
  }

  #note({ rows, bytes }: Entry, { importedLines, offset }: Figures): void {
    rows.note(importedLines, this.#nowMs());
    bytes.note(offset, this.#nowMs());
  }
}

const nothingYet = { satelliteType: null, offset: 0, totalLines: 0, importedLines: 0, errors: 0 };

function named({ name, sizeBytes }: Pick<Figures, "name" | "sizeBytes">) {
  return { name, sizeBytes };
}

function figuresOf(event: Figures): Figures {
  const { name, satelliteType, sizeBytes, offset, totalLines, importedLines, errors } = event;
  return { name, satelliteType, sizeBytes, offset, totalLines, importedLines, errors };
}

function shown({ fileId, state, figures, sinceMs, rows, bytes }: Entry, nowMs: number) {
  const { sizeBytes, offset } = figures;
  const bytesPerSecond = bytes.perSecond(nowMs);
  return {
    fileId,
    state,
    ...figures,
    share: sizeBytes === 0 ? 0 : Math.min(1, offset / sizeBytes),
    since: new Date(sinceMs).toISOString(),
    rowsPerSecond: rounded(rows.perSecond(nowMs)),
    bytesPerSecond: rounded(bytesPerSecond),
    secondsLeft: bytesPerSecond > 0 ? rounded((sizeBytes - offset) / bytesPerSecond) : null,
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
