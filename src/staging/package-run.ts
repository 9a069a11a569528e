// One tree's work on a package, as intake hands it over: which file it is, and what is in hand of it already, so that
// the first run need not fetch that again. A later run of the same tree starts from the ledger.
import type { LedgerRow } from "../database/ledger.ts";
import { type ClaimedFile, claimedPath } from "../folders/claimed-file.ts";
import type { Folders } from "../folders/folders.ts";
import { type HeldFile, openHeld } from "../folders/held-file.ts";

export class PackageRun {
  readonly file: ClaimedFile;
  /** The package has come to its end, in the ledger and in the folders: nobody need ask what became of it. */
  isEnded = false;
  readonly #held: HeldFile | undefined;
  #begun: LedgerRow | undefined;

  /**
   * @param held the file, if it is open.
   * @param begun the row of a run that has begun: its epoch is raised and its attempt counted.
   */
  constructor(file: ClaimedFile, held?: HeldFile, begun?: LedgerRow) {
    this.file = file;
    this.#held = held;
    this.#begun = begun;
  }

  /** The row of the run that has begun; for one run alone. */
  takeBegun(): LedgerRow | undefined {
    const begun = this.#begun;
    this.#begun = undefined;
    return begun;
  }

  /** The file, held for the caller, who releases it: the open one, or what its path leads to. @returns undefined if it is gone */
  async hold(folders: Folders): Promise<HeldFile | undefined> {
    return this.#held?.hold() ? this.#held : openHeld(claimedPath(folders, this.file));
  }
}
