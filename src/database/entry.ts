// How packages come into the ledger: many by one statement, each as its daemon's and with its first run begun.
import type pg from "pg";

/** A package that was claimed and hashed. */
export interface ClaimedPackage {
  readonly id: number;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * In the order of their bytes, so that two daemons never wait for each other in a circle. Nobody waits until it is on the
 * disk: the first commit of a package takes it there, and a file without an entry is a claim.
 * @returns the ids of those that are in now; there already was a package with the id or the bytes of each other one
 */
export async function enterPackages(
  pool: pg.Pool,
  owner: string,
  claimed: readonly ClaimedPackage[],
): Promise<Set<number>> {
  const { rows } = await pool.query<{ id: string }>({
    name: "downlink enter",
    text: `INSERT INTO files (id, name, sha256, size_bytes, status, owner, owner_epoch, attempts, started_at)
           OVERRIDING SYSTEM VALUE
           SELECT id, name, sha256, size_bytes, 'processing', $5, 1, 1, now()
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS claimed (id, name, sha256, size_bytes),
                  (SELECT set_config('synchronous_commit', 'off', true)) AS of_this_transaction
            ORDER BY sha256
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [
      claimed.map(({ id }) => id),
      claimed.map(({ name }) => name),
      claimed.map(({ sha256 }) => sha256),
      claimed.map(({ sizeBytes }) => sizeBytes),
      owner,
    ],
  });
  return new Set(rows.map(({ id }) => Number(id)));
}
