// What the database knows when no daemon answers: the packages that are in work, and the day.
import type { Config } from "../../config.ts";
import { withoutPassword } from "../../database/pool.ts";
import { DownlinkError } from "../../errors.ts";
import { findFileRows } from "../../queries/file-rows.ts";
import { totalsSince } from "../../queries/totals.ts";
import type { Screen } from "../context.ts";
import { askQueries, findDatabase } from "../database-in-use.ts";
import type { Fact } from "../text/facts.ts";
import { paintFor } from "../text/paint.ts";
import { layOut, type Totals, todayFact, workFact } from "./status-text.ts";
import type { Work } from "./work-lines.ts";

export type Known =
  | {
      readonly kind: "known";
      readonly work: readonly Work[];
      readonly today: Totals;
      /** Without the password. */
      readonly database: string;
    }
  | { readonly kind: "unknown"; readonly why: string };

const mostWork = 20;

export async function askLedger(config: Config): Promise<Known> {
  const since = `${new Date().toISOString().slice(0, 10)}T00:00:00.000000Z`;
  try {
    const found = await findDatabase(config);
    return await askQueries(config, async (db) => {
      const { rows } = await findFileRows(db, { status: "processing", limit: mostWork });
      const totals = await totalsSince(db, since);
      const work = rows.map(({ id, name, checkpointOffset, sizeBytes }): Work => {
        const share = sizeBytes === 0 ? 0 : checkpointOffset / sizeBytes;
        return { fileId: id, name, state: "loading", share };
      });
      const database = found === undefined ? "" : withoutPassword(found.url);
      return { kind: "known", work, today: { since, ...totals }, database };
    });
  } catch (error) {
    if (error instanceof DownlinkError) return { kind: "unknown", why: error.message };
    throw error;
  }
}

/** @param why no daemon answers */
export function silentLines(why: string, known: Known, screen: Screen): string[] {
  const paint = paintFor(screen);
  const head = [paint.strong("downlink"), paint.bad("no answer")].join("  ");
  const facts: Fact[] = [{ name: "daemon", says: why }];
  if (known.kind === "unknown") facts.push({ name: "database", says: known.why });
  else {
    facts.push(workFact(known.work, screen, paint.faint("none")));
    facts.push(todayFact(known.today));
    facts.push({ name: "database", says: `reachable, ${known.database}` });
  }
  return [head, "", ...layOut(facts, screen, paint)];
}
