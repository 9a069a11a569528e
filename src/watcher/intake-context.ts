// What the parts of intake share: where packages lie, the ledger, and which packages are in hand just now.
import type { Database } from "../database/database.ts";
import type { ClaimedFile } from "../folders/claimed-file.ts";
import type { Folders } from "../folders/folders.ts";
import type { Events } from "../observability/events.ts";
import type { FaultPoints } from "../observability/fault-points.ts";
import type { Log } from "../observability/log.ts";
import type { ArchiveOptions } from "../persister/archive.ts";
import type { PackageEndOptions } from "../persister/package-end.ts";

export interface IntakeOptions extends PackageEndOptions, ArchiveOptions {
  readonly database: Database;
  readonly folders: Folders;
  readonly faults: FaultPoints;
  readonly log: Log;
  readonly events: Events;
  readonly settleMs: number;
  readonly scanIntervalMs: number;
  /** Packages loaded at the same time, as it is now. */
  readonly maxPackages: () => number;
  readonly maxLineBytes: number;
}

export interface IntakeContext extends IntakeOptions {
  /** Ends every wait. */
  readonly stopping: AbortSignal;
  /** File ids that some task of this intake has in hand; a sweep leaves them alone. */
  readonly inHand: Set<number>;
}

/** A claimed file whose bytes are known. */
export interface IdentifiedFile extends ClaimedFile {
  readonly sha256: string;
}
