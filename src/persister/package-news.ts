// What one run of a package tells of it while it goes on. The counts are those of the ledger: read once when the run
// begins, and moved on by each commit.
import type { LedgerRow } from "../database/ledger.ts";
import type { Events, PackageFigures } from "../observability/events.ts";

export function figuresOf(row: LedgerRow): PackageFigures {
  const { id: fileId, name, satelliteType, sizeBytes, totalLines, importedLines, errors } = row;
  return { fileId, name, satelliteType, sizeBytes, totalLines, importedLines, errors };
}

export class PackageNews {
  readonly #events: Events;
  readonly #startedAtMs = performance.now();
  #figures: PackageFigures;

  constructor(events: Events, row: LedgerRow) {
    this.#events = events;
    this.#figures = figuresOf(row);
  }

  /** Since the run began. */
  get #seconds(): number {
    return (performance.now() - this.#startedAtMs) / 1_000;
  }

  started(offset: number): void {
    this.#events.publish({ kind: "package_started", ...this.#figures, offset });
  }

  /** @param offset where the checkpoint stands now */
  committed(offset: number, imported: number, rejected: number): void {
    const { totalLines, importedLines, errors } = this.#figures;
    this.#figures = {
      ...this.#figures,
      totalLines: totalLines + imported + rejected,
      importedLines: importedLines + imported,
      errors: errors + rejected,
    };
    this.#events.publish({ kind: "package_progress", ...this.#figures, offset });
  }

  complete(): void {
    const seconds = this.#seconds;
    this.#events.publish({ kind: "package_ended", outcome: "complete", ...this.#figures, seconds });
  }

  /** @param keptAt where its file will lie */
  failed(error: string, keptAt: string): void {
    const seconds = this.#seconds;
    const ended = { ...this.#figures, seconds, error, keptAt };
    this.#events.publish({ kind: "package_ended", outcome: "failed", ...ended });
  }
}
