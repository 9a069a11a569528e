// One tree's work on a package, as intake hands it over: which file it is, and what is in hand of it already, so that
// the first run need not fetch that again. A later run of the same tree starts from the ledger and the path.
import type { LedgerRow } from "../database/ledger.ts";
import type { ClaimedFile } from "../folders/claimed-file.ts";
import type { HeldFile } from "../folders/held-file.ts";

export class PackageRun {
  readonly file: ClaimedFile;
  /** The open file; whoever reads it holds it meanwhile. */
  readonly held: HeldFile | undefined;
  /** The package has come to its end, in the ledger and in the folders: nobody need ask what became of it. */
  isEnded = false;
  #begun: LedgerRow | undefined;

  /** @param begun the row of a run that has begun: its epoch is raised and its attempt counted. */
  constructor(file: ClaimedFile, held?: HeldFile, begun?: LedgerRow) {
    this.file = file;
    this.held = held;
    this.#begun = begun;
  }

  /** The row of the run that has begun; for one run alone. */
  takeBegun(): LedgerRow | undefined {
    const begun = this.#begun;
    this.#begun = undefined;
    return begun;
  }
}
