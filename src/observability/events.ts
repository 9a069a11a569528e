// What happens in the daemon, as values: for metrics, the log of packages, and whoever looks on over HTTP. Within one
// process, at once, and never the way of anything that has to be known: the ledger is. Nobody waits for a listener.
import type { Log } from "./log.ts";

/** How far a package is. Counts are those of all its runs. */
export interface PackageFigures {
  readonly fileId: number;
  readonly name: string;
  /** null: not known, as of a package that was refused by its header. */
  readonly satelliteType: string | null;
  readonly sizeBytes: number;
  readonly totalLines: number;
  readonly importedLines: number;
  readonly errors: number;
}

/** The next byte of the file that is not yet committed. */
interface PackageProgress extends PackageFigures {
  readonly offset: number;
}

/**
 * What precedes the loading. settle: from the first sight of the file as it is until it has rested long enough. claim:
 * from then on until it is renamed out of the inbox. hash: the reading of its bytes.
 */
export type PackageStep = "settle" | "claim" | "hash";

type PackageOutcome = "complete" | "failed" | "duplicate";

/** Something that happened, as it is told. */
export type Happening =
  /** The file was renamed out of the inbox. */
  | {
      readonly kind: "package_claimed";
      readonly fileId: number;
      readonly name: string;
      readonly sizeBytes: number;
    }
  | {
      readonly kind: "package_step";
      readonly fileId: number;
      readonly step: PackageStep;
      readonly seconds: number;
    }
  /** By its bytes the claimed file is an earlier package: from here on it goes by that one's id. */
  | {
      readonly kind: "package_known";
      readonly claimId: number;
      readonly fileId: number;
      readonly name: string;
    }
  /** A run begins to load: the first one, or one more after a crash. */
  | ({ readonly kind: "package_started" } & PackageProgress)
  /** After each commit. */
  | ({ readonly kind: "package_progress" } & PackageProgress)
  | {
      readonly kind: "batch_committed";
      readonly fileId: number;
      /** Rows of `telemetry`. */
      readonly rows: number;
      /** Lines; fewer may have been stored. */
      readonly rejected: number;
      /** Of the file. */
      readonly bytes: number;
      /** Of the transaction alone, without its wait for a turn. */
      readonly seconds: number;
      /** How many lines were rejected for which reason. */
      readonly reasons: Readonly<Record<string, number>>;
    }
  | ({
      readonly kind: "package_ended";
      readonly outcome: PackageOutcome;
      /** Of the run that ended it; 0 if none began. */
      readonly seconds: number;
      /** Why it failed, for a person. */
      readonly error?: string;
      /** Where its file lies, if it failed and there still is one. */
      readonly keptAt?: string;
      readonly duplicateOf?: number;
    } & PackageFigures)
  /** Intake has it no longer in hand: it has ended, another daemon has it, or a later sweep takes it up again. */
  | { readonly kind: "package_released"; readonly fileId: number }
  /** A scan found another number of files in the inbox than the one before. Those left alone do not count. */
  | { readonly kind: "inbox_changed"; readonly files: number }
  /** A component ended, and its supervisor starts it again. */
  | {
      readonly kind: "component_restarted";
      readonly component: string;
      readonly reason: string;
    }
  | {
      readonly kind: "throttle_changed";
      /** null: no ceiling. */
      readonly rowsPerSecond: number | null;
      readonly pauseMs: number;
      readonly reason: string;
    }
  | {
      readonly kind: "database_changed";
      readonly state: "connecting" | "ready" | "away" | "refused" | "stopped";
    }
  | { readonly kind: "settings_changed"; readonly names: readonly string[] };

/** Something that happened, and when: ms since 1970 by the wall clock. */
export type DaemonEvent = Happening & { readonly at: number };

export type Listener = (event: DaemonEvent) => void;

export class Events {
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Tells every listener before it returns. One that throws is logged, and harms nobody. */
  publish(happening: Happening): void {
    const event: DaemonEvent = { ...happening, at: Date.now() };
    for (const listener of [...this.#listeners]) this.#tell(listener, event);
  }

  /** @returns what ends the subscription; it may be called twice */
  subscribe(listener: Listener): () => void {
    const own: Listener = (event) => listener(event); // The same function may listen twice.
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  #tell(listener: Listener, event: DaemonEvent): void {
    try {
      listener(event);
    } catch (err) {
      this.#log.error({ err, event: event.kind }, "a listener of events failed");
    }
  }
}
