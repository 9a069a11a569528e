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
  namesInClaim,
  removeClaimFolder,
} from "../folders/claimed-file.ts";
import { isSystemError, look } from "../folders/file-identity.ts";
import { openHeld } from "../folders/held-file.ts";
import { packageName, pathOf } from "../folders/package-name.ts";
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

export class Recovery {
  readonly #context: IntakeContext;
  /** Files that changed after their claim have to rest again before their bytes count. */
  readonly #settling: Settling;
  /** Claims that the file system would not let us examine; told once. */
  readonly #refused = new Set<number>();
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
    const ours = ids.filter((id) => !inHand.has(id)).sort((a, b) => a - b);
    const behind = ours.filter((id) => id > this.#lastId);
    const page = (behind.length > 0 ? behind : ours).slice(0, pageIds);
    this.#lastId = page.length < pageIds ? 0 : (page.at(-1) ?? 0);
    return page;
  }

  /** Their rows and which of the owners live, with as many questions to the database, not one for each claim. */
  async rowsOf(
    ids: readonly number[],
  ): Promise<{ rows: Map<number, LedgerRow>; living: Set<string> }> {
    const { database, stopping } = this.#context;
    if (ids.length === 0) return { rows: new Map(), living: new Set() };
    return database.use(stopping, async ({ ledger, session }) => {
      const rows = await ledger.findAll(ids);
      const owners = new Set(rows.map(({ owner }) => owner).filter((owner) => owner !== null));
      return {
        rows: new Map(rows.map((row) => [row.id, row])),
        living: await session.living([...owners]),
      };
    });
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
    if (file === undefined) return settled; // `missing` looks after it.
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
    if (!this.#hasSettled(file)) return later; // Its daemon may be at it right now.
    if (row.status === "failed") return this.#setAsideIfFailed(file);
    const identified = await readIdentity(file, this.#context);
    if (identified === undefined) return later;
    if (identified.sha256 !== row.sha256) return this.#asNew(identified);
    if (row.status === "duplicate") await remove(file, this.#context);
    else await clearAway(file, row.errors, this.#context, this.#context.stopping);
    return settled;
  }

  /**
   * Asks again, now that the file was seen: the row was read before, and the package may have been taken up since. A file
   * that takes its place comes after that, so what was seen while the row is failed still is no file in work.
   */
  async #setAsideIfFailed(file: ClaimedFile): Promise<Found> {
    const { database, stopping } = this.#context;
    const row = await database.use(stopping, ({ ledger }) => ledger.find(file.fileId));
    if (row?.status !== "failed") return later;
    await setAside(file, this.#context);
    return settled;
  }

  /** Rows in work whose file is nowhere: given up, loudly. */
  async missing(): Promise<void> {
    const { database, folders, inHand, stopping } = this.#context;
    const inWork = await database.use(stopping, ({ ledger }) => ledger.findProcessing());
    const here = inWork.filter(({ id, owner }) => !inHand.has(id) && isFrom(owner, folders.id));
    const { living } = await this.rowsOf(here.map(({ id }) => id));
    for (const row of here) {
      const isOurs = row.owner === database.owner;
      if (!isOurs && row.owner !== null && living.has(row.owner)) continue;
      // In this order, since a file goes this way: one that moves meanwhile is seen before or after.
      if (await this.#mayComeAgain(row)) continue;
      if ((await namesInClaim(folders, row.id)).length > 0) continue;
      if (inHand.has(row.id)) continue; // By now.
      await this.#giveUpMissing(row);
    }
  }

  /** Whether these very bytes may be on their way to the row: put back by a person, or claimed and not yet known. */
  async #mayComeAgain({ name, sizeBytes }: LedgerRow): Promise<boolean> {
    const { database, folders, stopping } = this.#context;
    const inInbox = await look(pathOf(folders.ingest, packageName(Buffer.from(name))));
    if (inInbox.kind === "file") return true;
    const claims = await claimIds(folders);
    const rows = await database.use(stopping, ({ ledger }) => ledger.findAll(claims));
    const known = new Set(rows.map(({ id }) => id));
    for (const fileId of claims.filter((id) => !known.has(id))) {
      const file = await fileInClaim(folders, fileId);
      if (file !== undefined && Number(file.fingerprint.sizeBytes) === sizeBytes) return true;
    }
    return false;
  }

  async #giveUpMissing(row: LedgerRow): Promise<void> {
    const { database, events, stopping } = this.#context;
    const { owner } = database;
    if (
      row.owner !== owner &&
      !(await database.use(stopping, ({ ledger }) => ledger.adopt(row.id, row.owner)))
    ) {
      return;
    }
    const error = `the file is gone: it was taken away from processing/ before line ${row.checkpointLine} was loaded`;
    // Not if it came to its end while we looked.
    const isFailed = await database.use(stopping, ({ ledger }) => ledger.failOwned(row, error));
    if (!isFailed) return;
    const ended = { seconds: 0, error };
    events.publish({ kind: "package_ended", outcome: "failed", ...figuresOf(row), ...ended });
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
    if ((await moveIntoClaim(folders, claimedPath(folders, file), moved)) === "gone") {
      inHand.delete(fileId);
      await releaseClaim(fileId, this.#context);
      return settled;
    }
    await removeClaimFolder(folders, file.fileId);
    return { kind: "identify", file: moved };
  }
}

/** Whether a daemon on these folders had it; several folders may share a database. */
function isFrom(owner: string | null, folderId: string): boolean {
  return owner === null || owner.endsWith(`@${folderId}`);
}
