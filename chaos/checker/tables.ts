// Runs the checks on a database: in one snapshot, so that what is being loaded meanwhile does not blur the picture.
import type pg from "pg";
import type { Checks } from "./invariants.ts";
import { type Violation, violationKinds } from "./violation.ts";

/** Reported of one check; more say nothing new. */
const mostOfACheck = 20;

/** Runs the checks in the transaction that is open, if there is one. */
export async function runChecks(client: pg.ClientBase, checks: Checks): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const [check, sql] of checks) {
    const { rows } = await client.query<{ kind: string; subject: string; said: string }>(
      `SELECT kind, subject, said FROM (${sql}) AS violation LIMIT ${mostOfACheck}`,
    );
    for (const row of rows) found.push({ ...row, check, kind: kindOf(row.kind) });
  }
  return found;
}

/** The checks as of one moment. */
export async function runInSnapshot(client: pg.ClientBase, checks: Checks): Promise<Violation[]> {
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  try {
    return await runChecks(client, checks);
  } finally {
    await client.query("ROLLBACK");
  }
}

function kindOf(text: string): Violation["kind"] {
  const kind = violationKinds.find((known) => known === text);
  if (kind === undefined) throw new Error(`a check says "${text}", which is no kind of violation`);
  return kind;
}
