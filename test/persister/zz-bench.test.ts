import { test } from "vitest";
import { noFaults } from "../../src/observability/fault-points.ts";
import { loadNarrowing } from "../../src/persister/narrowing.ts";
import { createMigratedDatabase } from "../support/migrated-database.ts";
import { batchOfLines, goodLines } from "../support/package-fixture.ts";
test("bench", async () => {
  const database = await createMigratedDatabase();
  await database.run(`ALTER TABLE telemetry ADD CONSTRAINT ours CHECK (velocity::int % 2 = 0) NOT VALID`);
  for (const n of [2000, 4000, 8000, 16000]) {
    const client = await database.pool.connect();
    await client.query("BEGIN");
    const t = performance.now();
    await loadNarrowing(noFaults)(client, n, batchOfLines(goodLines(n)).slices);
    const { rows } = await client.query("select pg_size_pretty(sum(total_bytes)) s from pg_backend_memory_contexts");
    const c = performance.now();
    await client.query("COMMIT");
    console.log(n, Math.round(c - t), Math.round(performance.now() - c), rows[0].s);
    client.release(true);
  }
  await database.drop();
}, 200000);
