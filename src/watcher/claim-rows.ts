// What the ledger says of claims.
import type { LedgerRow } from "../database/ledger.ts";
import type { IntakeContext } from "./intake-context.ts";

export interface ClaimRows {
  /** By file id. */
  readonly rows: ReadonlyMap<number, LedgerRow>;
  /** Those of their owners who live. */
  readonly living: ReadonlySet<string>;
}

/** With as many questions to the database for all claims as for one. */
export async function rowsOf(
  ids: readonly number[],
  { database, stopping }: IntakeContext,
): Promise<ClaimRows> {
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
