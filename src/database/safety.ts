// Whether what the server says is committed stays committed when it crashes. A package is deleted on that word, so a
// server that is set up to break it is refused.
import type pg from "pg";
import { SetupError } from "../errors.ts";

/**
 * The settings under which a commit may be lost, for a person; none on a safe server. What a replica may lose when it
 * takes over cannot be seen from here (docs/guarantees.md).
 */
export async function unsafeSettings(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ finding: string }>(`
    SELECT name || ' is ' || setting AS finding FROM pg_settings
     WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'
    UNION ALL
    SELECT 'table ' || relname || ' is unlogged' FROM pg_class
     WHERE oid IN (to_regclass('files'), to_regclass('telemetry'), to_regclass('rejected_lines')) AND relpersistence = 'u'`);
  return rows.map(({ finding }) => finding);
}

/** @throws {SetupError} naming each setting */
export function refuseUnsafe(findings: readonly string[]): void {
  if (findings.length === 0) return;
  throw new SetupError(
    `the database may lose what it has committed (${findings.join(", ")}), and packages are deleted on its word: ` +
      "set it right, or set DOWNLINK_ALLOW_UNSAFE_DATABASE=true",
  );
}
