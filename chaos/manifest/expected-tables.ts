// The manifest as tables, so that SQL can hold it against what the daemon has stored. They lie in a schema of their
// own, are made and filled here from the manifest file, and belong to the checker alone.
import type pg from "pg";
import type { Entry } from "./manifest-file.ts";

const tables = `
  CREATE SCHEMA IF NOT EXISTS manifest;
  CREATE TABLE IF NOT EXISTS manifest.expected (
    sha256 text PRIMARY KEY, copies int NOT NULL, refused boolean NOT NULL, archived boolean NOT NULL,
    total bigint NOT NULL, imported bigint NOT NULL, errors bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS manifest.expected_lines (sha256 text, line int, digest text NOT NULL);
  CREATE TABLE IF NOT EXISTS manifest.expected_rejects (
    sha256 text, line int, reason text NOT NULL, byte_offset bigint NOT NULL, raw_md5 text NOT NULL)`;

/** Enters what is not yet there; packages that were dropped again since the last time get their new number. */
export async function fillExpectedTables(
  client: pg.ClientBase,
  entries: ReadonlyMap<string, Entry>,
): Promise<void> {
  await client.query(tables);
  const { rows } = await client.query<{ sha256: string }>("SELECT sha256 FROM manifest.expected");
  const known = new Set(rows.map(({ sha256 }) => sha256));
  for (const entry of entries.values()) {
    if (known.has(entry.sha256)) await updateCopies(client, entry);
    else await enter(client, entry);
  }
}

/** Rows of `files` for a content: one for each drop, but a refused one is taken up again in the row that it has. */
function copiesOf({ refused, drops }: Entry): number {
  return refused ? Math.min(1, drops) : drops;
}

async function updateCopies(client: pg.ClientBase, entry: Entry): Promise<void> {
  await client.query(
    "UPDATE manifest.expected SET copies = $2 WHERE sha256 = $1 AND copies <> $2",
    [entry.sha256, copiesOf(entry)],
  );
}

/** In one statement, so that a package is there whole or not at all. */
async function enter(client: pg.ClientBase, entry: Entry): Promise<void> {
  const { sha256, refused, archived, lines, rejects } = entry;
  await client.query(
    `WITH a AS (INSERT INTO manifest.expected_lines SELECT $1, * FROM unnest($5::int[], $6::text[])),
          b AS (INSERT INTO manifest.expected_rejects
                SELECT $1, * FROM unnest($7::int[], $8::text[], $9::bigint[], $10::text[]))
     INSERT INTO manifest.expected
     VALUES ($1, $2, $3, $4, cardinality($5::int[]) + cardinality($7::int[]), cardinality($5::int[]), cardinality($7::int[]))`,
    [
      sha256,
      copiesOf(entry),
      refused,
      archived,
      lines.map(({ line }) => line),
      lines.map(({ digest }) => digest),
      rejects.map(({ line }) => line),
      rejects.map(({ reason }) => reason),
      rejects.map(({ offset }) => offset),
      rejects.map(({ rawMd5 }) => rawMd5),
    ],
  );
}
