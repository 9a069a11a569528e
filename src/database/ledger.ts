// The ledger: what the table `files` says of a package, and the statements that change it, but for the commit of a
// batch (persister/batch-transaction.ts). Each changes it by one statement, and may be sent again when its answer was lost.
import { and, eq, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { Coalesced } from "./coalesced.ts";
import { type ClaimedPackage, enterPackages } from "./entry.ts";
import { files } from "./schema.ts";

const ledgerColumns = {
  id: files.id,
  name: files.name,
  sha256: files.sha256,
  sizeBytes: files.sizeBytes,
  satelliteType: files.satelliteType,
  status: files.status,
  owner: files.owner,
  ownerEpoch: files.ownerEpoch,
  attempts: files.attempts,
  totalLines: files.totalLines,
  importedLines: files.importedLines,
  errors: files.errors,
  checkpointLine: files.checkpointLine,
  checkpointOffset: files.checkpointOffset,
};

/** What the ledger says of a package. */
export type LedgerRow = Pick<typeof files.$inferSelect, keyof typeof ledgerColumns>;

/** A package that is loaded. */
export interface CompletePackage {
  readonly id: number;
  readonly name: string;
  readonly sizeBytes: number;
  /** Since it was completed, by the database's clock. */
  readonly ageHours: number;
}

const now = sql`now()`;

/** Packages entered by one statement. */
const entriesTogether = 64;

export class Ledger {
  readonly #pool: pg.Pool;
  readonly #db: NodePgDatabase;
  readonly #owner: string;
  readonly #entries = new Coalesced<ClaimedPackage, LedgerRow | undefined>(
    (claimed) => this.#enterAll(claimed),
    entriesTogether,
  );

  /** @param owner the daemon in whose name the ledger is written. */
  constructor(pool: pg.Pool, owner: string) {
    this.#pool = pool;
    this.#db = drizzle(pool);
    this.#owner = owner;
  }

  async find(id: number): Promise<LedgerRow | undefined> {
    return (await this.findAll([id]))[0];
  }

  async findAll(ids: readonly number[]): Promise<LedgerRow[]> {
    if (ids.length === 0) return [];
    return this.#db
      .select(ledgerColumns)
      .from(files)
      .where(inArray(files.id, [...ids]));
  }

  /** The one package with these bytes, whatever became of it. */
  async findContent(sha256: string): Promise<LedgerRow | undefined> {
    const isContent = and(eq(files.sha256, sha256), ne(files.status, "duplicate"));
    return (await this.#db.select(ledgerColumns).from(files).where(isContent))[0];
  }

  /** Packages that are in work, whoever has them. */
  async findProcessing(): Promise<LedgerRow[]> {
    return this.#db.select(ledgerColumns).from(files).where(eq(files.status, "processing"));
  }

  /**
   * Enters a new package as ours and begins its first run, as `own` begins each later one.
   * @returns undefined if there already is one with its id or its bytes
   */
  enter(claimed: ClaimedPackage): Promise<LedgerRow | undefined> {
    return this.#entries.ask(claimed);
  }

  /** Enters a package whose bytes are `original`'s, which is complete. */
  async enterDuplicate(claimed: ClaimedPackage, original: LedgerRow): Promise<void> {
    const { id, satelliteType } = original;
    await this.#insert({ ...claimed, status: "duplicate", duplicateOf: id, satelliteType });
  }

  /** Enters a package that was refused by its header before it was hashed. */
  async enterRefused(claimed: Omit<ClaimedPackage, "sha256">, error: string): Promise<void> {
    await this.#insert({ ...claimed, status: "failed", error });
  }

  /** Takes up a failed package again, at its checkpoint. @returns false if it is not failed (any more) */
  async takeUpFailed(id: number, name: string): Promise<boolean> {
    const changes = { status: "processing", owner: this.#owner, attempts: 0, error: null } as const;
    return this.#update(id, { ...changes, name }, eq(files.status, "failed"));
  }

  /** Takes over a package in work whose owner is gone. @returns false if somebody else was quicker */
  async adopt(id: number, deadOwner: string | null): Promise<boolean> {
    const isDead = deadOwner === null ? isNull(files.owner) : eq(files.owner, deadOwner);
    return this.#update(id, { owner: this.#owner }, and(isInWork, isDead));
  }

  /**
   * Begins a run: raises the epoch, which fences off every earlier one, and counts the attempt before anything can go
   * wrong in it. One UPDATE and not a SELECT: it waits for an older owner that is in the middle of its commit, so what
   * it returns is final. @returns undefined if the package is not ours to run, or was tried too often
   */
  async own(id: number, maxAttempts: number): Promise<LedgerRow | undefined> {
    const rows = await this.#db
      .update(files)
      .set({
        ownerEpoch: sql`${files.ownerEpoch} + 1`,
        attempts: sql`${files.attempts} + 1`,
        startedAt: sql`coalesce(${files.startedAt}, now())`,
        updatedAt: now,
      })
      .where(and(eq(files.id, id), this.#isOurs, lt(files.attempts, maxAttempts)))
      .returning(ledgerColumns);
    return rows[0];
  }

  /**
   * After a commit whose answer was lost: fences off the connection that may still be committing, and says where the
   * package stands now.
   * @param isAgain whether this was sent before, and may have been carried out
   * @returns undefined if another owner has it
   */
  async raiseEpoch(id: number, epoch: number, isAgain = false): Promise<LedgerRow | undefined> {
    const rows = await this.#db
      .update(files)
      .set({ ownerEpoch: sql`${files.ownerEpoch} + 1`, updatedAt: now })
      .where(and(eq(files.id, id), eq(files.ownerEpoch, epoch)))
      .returning(ledgerColumns);
    return rows[0] ?? (isAgain ? this.#raisedBefore(id, epoch) : undefined);
  }

  /**
   * The row as a first UPDATE has raised it. Only asked behind a second one, which has waited for the first. While the
   * row is ours nobody else can have raised it: a daemon has one run of a package at a time, and another daemon takes
   * the row over first. A complete one has no owner any more, and is complete whoever made it so.
   */
  async #raisedBefore(id: number, epoch: number): Promise<LedgerRow | undefined> {
    const isRaised = and(eq(files.id, id), eq(files.ownerEpoch, epoch + 1));
    const isKnown = or(this.#isOurs, eq(files.status, "complete"));
    return (await this.#db.select(ledgerColumns).from(files).where(and(isRaised, isKnown)))[0];
  }

  /** @param header JSON text. @returns false if another run has the package */
  async recordHeader(
    id: number,
    epoch: number,
    satelliteType: string,
    header: string,
  ): Promise<boolean> {
    const changes = { satelliteType, header: sql`${header}::jsonb` };
    return this.#update(id, changes, and(isInWork, eq(files.ownerEpoch, epoch)));
  }

  /** Refuses a package or gives it up; what was committed of it stays. @returns false if another run has it */
  async fail(id: number, epoch: number, error: string): Promise<boolean> {
    const isOfRun = and(isInWork, eq(files.ownerEpoch, epoch));
    const isDone = await this.#update(id, { ...failed, error }, isOfRun);
    return isDone || this.#hasFailed(id, epoch, error);
  }

  /** The same for a package of ours that no run has. Raises the epoch, in case that one still writes. */
  async failOwned({ id, ownerEpoch }: LedgerRow, error: string): Promise<boolean> {
    const changes = { ...failed, error, ownerEpoch: sql`${files.ownerEpoch} + 1` };
    const isDone = await this.#update(id, changes, this.#isOurs);
    return isDone || this.#hasFailed(id, ownerEpoch + 1, error);
  }

  /** Whether a statement of ours has done it whose answer was lost: nobody else fails a package under this epoch. */
  async #hasFailed(id: number, epoch: number, error: string): Promise<boolean> {
    const isFailed = and(eq(files.status, "failed"), eq(files.error, error));
    const isSame = and(eq(files.id, id), eq(files.ownerEpoch, epoch), isFailed);
    return (await this.#db.select({ id: files.id }).from(files).where(isSame)).length === 1;
  }

  /**
   * Enters other bytes for a package of ours of which nothing was committed: its file grew after the claim.
   * @throws 23505 if there is another package with these bytes
   */
  async identifyAnew(id: number, sha256: string, sizeBytes: number): Promise<boolean> {
    const anew = { sha256, sizeBytes, satelliteType: null, header: null, attempts: 0 };
    const changes = { ...anew, ownerEpoch: sql`${files.ownerEpoch} + 1` };
    return this.#update(id, changes, and(this.#isOurs, eq(files.checkpointLine, 1)));
  }

  /** Forgets a package of ours of which nothing was committed, since its bytes turned out to be another one's. */
  async forget(id: number): Promise<void> {
    await this.#db
      .delete(files)
      .where(and(eq(files.id, id), this.#isOurs, eq(files.checkpointLine, 1)));
  }

  /** Whether each rejected line of a package is stored with all its bytes; if not, its file must be kept. */
  async hasAllRejectsWhole(id: number): Promise<boolean> {
    const { rows } = await this.#db.execute<{ whole: boolean }>(sql`
      SELECT errors = (SELECT count(*) FROM rejected_lines WHERE file_id = ${id})
         AND NOT EXISTS (SELECT FROM rejected_lines WHERE file_id = ${id} AND reason = 'line_too_long') AS whole
        FROM files WHERE id = ${id}`);
    return rows[0]?.whole === true;
  }

  /** Those of these packages that are complete. */
  async findComplete(ids: readonly number[]): Promise<CompletePackage[]> {
    const { rows } = await this.#db.execute<Record<keyof CompletePackage, string>>(sql`
      SELECT id, name, size_bytes AS "sizeBytes", extract(epoch FROM now() - completed_at) / 3600 AS "ageHours"
        FROM files WHERE id = ANY(${sql.param([...ids])}::bigint[]) AND status = 'complete'`);
    return rows.map(({ id, name, sizeBytes, ageHours }) => {
      return { id: Number(id), name, sizeBytes: Number(sizeBytes), ageHours: Number(ageHours) };
    });
  }

  async #enterAll(claimed: readonly ClaimedPackage[]): Promise<(LedgerRow | undefined)[]> {
    const entered = await enterPackages(this.#pool, this.#owner, claimed);
    return claimed.map((each) => (entered.has(each.id) ? this.#entryOf(each) : undefined));
  }

  #entryOf(claimed: ClaimedPackage): LedgerRow {
    const counts = { totalLines: 0, importedLines: 0, errors: 0 };
    const checkpoint = { checkpointLine: 1, checkpointOffset: 0 };
    const run = { owner: this.#owner, ownerEpoch: 1, attempts: 1 };
    return {
      ...claimed,
      ...counts,
      ...checkpoint,
      ...run,
      satelliteType: null,
      status: "processing",
    };
  }

  get #isOurs() {
    return and(isInWork, eq(files.owner, this.#owner));
  }

  async #insert(values: typeof files.$inferInsert & { readonly id: number }): Promise<boolean> {
    const rows = await this.#db
      .insert(files)
      .overridingSystemValue()
      .values(values)
      .onConflictDoNothing()
      .returning({ id: files.id });
    return rows.length === 1;
  }

  async #update(id: number, changes: Changes, condition: Condition): Promise<boolean> {
    const rows = await this.#db
      .update(files)
      .set({ ...changes, updatedAt: now })
      .where(and(eq(files.id, id), condition))
      .returning({ id: files.id });
    return rows.length === 1;
  }
}

type Changes = Parameters<ReturnType<NodePgDatabase["update"]>["set"]>[0];
type Condition = ReturnType<typeof and>;

const isInWork = eq(files.status, "processing");
const failed = { status: "failed", owner: null } as const;
