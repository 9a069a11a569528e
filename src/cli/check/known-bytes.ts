// Whether the database knows the bytes of a package already, and so what it would become (rule R8).
import type { Config } from "../../config.ts";
import type { fileStatuses } from "../../database/schema.ts";
import { DownlinkError } from "../../errors.ts";
import { askDatabase } from "../database-in-use.ts";

/** The package with the same bytes. */
export interface KnownPackage {
  readonly id: number;
  readonly name: string;
  readonly status: (typeof fileStatuses)[number];
  readonly error: string | null;
}

/** By sha256; or why the database could not be asked. */
export type KnownBytes =
  | { readonly kind: "asked"; readonly known: ReadonlyMap<string, KnownPackage> }
  | { readonly kind: "not_asked"; readonly why: string };

export async function askForBytes(config: Config, hashes: readonly string[]): Promise<KnownBytes> {
  try {
    const { rows } = await askDatabase(config, (client) =>
      client.query<KnownPackage & { sha256: string; id: string }>(
        `SELECT sha256, id, name, status, error FROM files
          WHERE sha256 = ANY($1::text[]) AND status <> 'duplicate'`,
        [hashes],
      ),
    );
    const known = rows.map(
      ({ sha256, id, ...row }) => [sha256, { ...row, id: Number(id) }] as const,
    );
    return { kind: "asked", known: new Map(known) };
  } catch (error) {
    // A dry run needs no database: that there is none is an answer.
    if (error instanceof DownlinkError) return { kind: "not_asked", why: error.message };
    throw error;
  }
}
