// What an earlier life left behind, of this daemon or of another: each file in processing/ is held against its ledger
// row, and each row in work against the files. Nothing is believed of a file but its bytes, hashed anew: a finished
// package that was not yet deleted looks just like a fresh claim.
import type { LedgerRow } from "../database/ledger.ts";
import {
  type ClaimedFile,
  claimedPath,
  claimIds,
  fileInClaim,
  moveIntoClaim,
  removeClaimFolder,
} from "../folders/claimed-file.ts";
import { isSystemError, isUnchanged } from "../folders/file-identity.ts";
import { openHeld } from "../folders/held-file.ts";
import { packageName } from "../folders/package-name.ts";
import { clearAway, failedPath, remove, setAside } from "../persister/package-end.ts";
import { figuresOf } from "../persister/package-news.ts";
import { releaseClaim } from "./claim.ts";
import { readHeldIdentity, readIdentity } from "./identify.ts";
import type { IdentifiedFile, IntakeContext } from "./intake-context.ts";
import { refuseUnhashed } from "./refuse-unhashed.ts";
import { Settling } from "./settling.ts";

/**
 * identify, run: a file to go on with, as a fresh claim or as the row it belongs to. later: not yet clear, the next
 * sweep looks again. settled: nothing more to do, or somebody else's.
 */
export type Found =
  | { readonly kind: "identify" | "run"; readonly file: IdentifiedFile }
  | { readonly kind: "later" | "settled" };

const later = { kind: "later" } as const;
const settled = { kind: "settled" } as const;

const pageIds = 500;
const retryMs = 60_000;

export class Recovery {
  readonly #context: IntakeContext;
  /** Files that changed after their claim have to rest again before their bytes count. */
  readonly #settling: Settling;
  /** Claims that the file system would not let us examine; told once. */
  readonly #refused = new Set<number>();
  /** Files of finished packages that could not be taken away, and when to try again, ms of performance.now(). */
  readonly #kept = new Map<number, { readonly file: ClaimedFile; readonly untilMs: number }>();
  /** The last id of the page before; the next one begins behind it. */
  #lastId = 0;

  constructor(context: IntakeContext) {
    this.#context = context;
    this.#settling = new Settling(context.settleMs, Number.POSITIVE_INFINITY);
  }

  /**
   * Claims in processing/ that nobody here has in hand, a page of them: the next call gives those behind it, and begins
   * anew after the last. Those of living daemons are among them.
   */
  async claims(): Promise<number[]> {
    const { folders, inHand } = this.#context;
    const ids = await claimIds(folders);
    this.#forgetAllBut(new Set(ids));
    const ours = ids.filter((id) => !inHand.has(id)).sort((a, b) => a - b);
    const behind = ours.filter((id) => id > this.#lastId);
    const page = (behind.length > 0 ? behind : ours).slice(0, pageIds);
    this.#lastId = page.length < pageIds ? 0 : (page.at(-1) ?? 0);
    return page;
  }

  /** Claims come and go, those of other daemons too. */
  #forgetAllBut(ids: ReadonlySet<number>): void {
    this.#settling.keepOnly(({ text }) => ids.has(Number(text)));
    for (const id of this.#refused) if (!ids.has(id)) this.#refused.delete(id);
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.#kept.delete(id);
  }

  /** Decides about one claim that nobody here has in hand. One that cannot be read holds up no other. */
  async examine(
    fileId: number,
    row: LedgerRow | undefined,
    living: ReadonlySet<string>,
  ): Promise<Found> {
    try {
      const found = await this.#decide(fileId, row, living);
      this.#refused.delete(fileId);
      return found;
    } catch (err) {
      if (!isSystemError(err)) throw err;
      const uid = process.geteuid?.();
      if (!this.#refused.has(fileId)) {
        this.#context.log.warn(
          { err, fileId, uid },
          "a claimed package cannot be read or moved, trying again later",
        );
      }
      this.#refused.add(fileId);
      return settled;
    }
  }

  async #decide(
    fileId: number,
    row: LedgerRow | undefined,
    living: ReadonlySet<string>,
  ): Promise<Found> {
    const { database, folders, stopping } = this.#context;
    const file = await fileInClaim(folders, fileId);
    if (row === undefined) return this.#examineClaim(fileId, file);
    if (row.status !== "processing") return this.#examineFinished(fileId, file, row);
    const { owner } = row;
    const isOurs = owner === database.owner;
    if (!isOurs && owner !== null && living.has(owner)) return settled;
    if (file === undefined) return settled; // That is seen to elsewhere (missing-files.ts).
    if (!isOurs && !(await database.use(stopping, ({ ledger }) => ledger.adopt(fileId, owner)))) {
      return settled;
    }
    const identified = await readIdentity(file, this.#context);
    if (identified === undefined) return later; // It changes under our hands.
    if (identified.sha256 === row.sha256) return { kind: "run", file: identified };
    return this.#hasSettled(file) ? this.#changed(identified, row) : later;
  }

  /** A claim without a row: its daemon ended before it was entered, or is about to enter it. */
  async #examineClaim(fileId: number, file: ClaimedFile | undefined): Promise<Found> {
    const { database, folders, stopping } = this.#context;
    if (file !== undefined && !this.#hasSettled(file)) return later;
    if (!(await database.use(stopping, ({ session }) => session.takeClaim(fileId)))) return settled;
    let identified: IdentifiedFile | undefined;
    try {
      if (file === undefined) await removeClaimFolder(folders, fileId);
      else identified = await this.#identifyClaim(file);
    } finally {
      if (identified === undefined) await releaseClaim(fileId, this.#context);
    }
    if (identified !== undefined) return { kind: "identify", file: identified };
    return file === undefined ? settled : later;
  }

  /** @returns undefined if the file is gone, refused, or changes under our hands */
  async #identifyClaim(file: ClaimedFile): Promise<IdentifiedFile | undefined> {
    const held = await openHeld(claimedPath(this.#context.folders, file));
    if (held === undefined) return undefined;
    try {
      if (await refuseUnhashed(file, held, this.#context)) return undefined;
      return await readHeldIdentity(file, held, this.#context);
    } finally {
      await held.release();
    }
  }

  /** A finished package whose file is still there: its end is carried out now. */
  async #examineFinished(
    fileId: number,
    file: ClaimedFile | undefined,
    row: LedgerRow,
  ): Promise<Found> {
    if (file === undefined) {
      await removeClaimFolder(this.#context.folders, fileId);
      return settled;
    }
    if (this.#isKept(file)) return settled;
    if (!this.#hasSettled(file)) return later; // Its daemon may be at it right now.
    if (row.status === "failed") return this.#setAsideIfFailed(file);
    const identified = await readIdentity(file, this.#context);
    if (identified === undefined) return later;
    if (identified.sha256 !== row.sha256) return this.#asNew(identified);
    const { stopping } = this.#context;
    const isGone =
      row.status === "duplicate"
        ? await remove(file, this.#context)
        : await clearAway(file, row.errors, this.#context, stopping);
    return this.#ended(file, isGone);
  }

  /** A file that cannot be taken away was told of, and read as a whole: not so at each sweep. */
  #ended(file: ClaimedFile, isGone: boolean): Found {
    if (isGone) this.#kept.delete(file.fileId);
    else this.#kept.set(file.fileId, { file, untilMs: performance.now() + retryMs });
    return settled;
  }

  #isKept({ fileId, fingerprint }: ClaimedFile): boolean {
    const kept = this.#kept.get(fileId);
    if (kept === undefined || performance.now() >= kept.untilMs) return false;
    return isUnchanged(kept.file.fingerprint, fingerprint);
  }

  /**
   * Asks again, now that the file was seen: the row was read before, and the package may have been taken up since. A file
   * that takes its place comes after that, so what was seen while the row is failed still is no file in work.
   */
  async #setAsideIfFailed(file: ClaimedFile): Promise<Found> {
    const { database, stopping } = this.#context;
    const row = await database.use(stopping, ({ ledger }) => ledger.find(file.fileId));
    if (row?.status !== "failed") return later;
    return this.#ended(file, await setAside(file, this.#context));
  }

  #hasSettled({ fileId, fingerprint }: ClaimedFile): boolean {
    const name = packageName(Buffer.from(String(fileId)));
    const isWhole = this.#settling.see({ name, fingerprint }, performance.now());
    if (isWhole) this.#settling.forget(name);
    return isWhole;
  }

  /** The bytes in hand are no longer those of the row: the file grew after its claim, or was written over. */
  async #changed(file: IdentifiedFile, row: LedgerRow): Promise<Found> {
    const { database, events, folders, stopping } = this.#context;
    if (row.checkpointLine > 1) {
      const error = `the file changed after its first ${row.checkpointLine - 1} lines were loaded`;
      await database.use(stopping, ({ ledger }) => ledger.failOwned(row, error));
      const ended = { seconds: 0, error, keptAt: failedPath(folders, file) };
      events.publish({ kind: "package_ended", outcome: "failed", ...figuresOf(row), ...ended });
      await setAside(file, this.#context);
      return settled;
    }
    const { sha256, fingerprint } = file;
    const other = await database.use(stopping, ({ ledger }) => ledger.findContent(sha256));
    if (other === undefined) {
      const sizeBytes = Number(fingerprint.sizeBytes);
      await database.use(stopping, ({ ledger }) => ledger.identifyAnew(row.id, sha256, sizeBytes));
      return { kind: "run", file };
    }
    // Another row has these bytes. Nothing of this one was committed, so it gives way: the file becomes a fresh claim.
    const found = await this.#asNew(file);
    await database.use(stopping, ({ ledger }) => ledger.forget(row.id));
    return found;
  }

  /** Bytes that the row of their folder does not know: a package of their own, under an id of its own. */
  async #asNew(file: IdentifiedFile): Promise<Found> {
    const { database, folders, inHand, stopping } = this.#context;
    const fileId = await database.use(stopping, ({ session }) => session.reserveClaim());
    inHand.add(fileId);
    const moved = { ...file, fileId };
    let isMoved = false;
    try {
      isMoved = (await moveIntoClaim(folders, claimedPath(folders, file), moved)) === "done";
    } finally {
      if (!isMoved) {
        inHand.delete(fileId);
        await releaseClaim(fileId, this.#context);
      }
    }
    if (!isMoved) return settled;
    await removeClaimFolder(folders, file.fileId);
    return { kind: "identify", file: moved };
  }
}
