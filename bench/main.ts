// The bench's command line. Everything that is started here is ended here, also by Ctrl-C.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Cleanup } from "../chaos/cleanup.ts";
import { readOptions } from "./options.ts";
import { readEnvironment, shownEnvironment } from "./report/environment.ts";
import type { Result } from "./report/result.ts";
import { shownGoals, shownResult } from "./report/table.ts";
import { Stage } from "./stage/stage.ts";

const resultsDir = fileURLToPath(new URL("results", import.meta.url));
const { scenarios, plan, json, markdown, dir } = readOptions(process.argv, { tell });
const startedAt = new Date();
const path = resolve(json ?? `${resultsDir}/${startedAt.toISOString().replace(/[:.]/g, "-")}.json`);
const { tell: _, ...planned } = plan;
const cleanup = new Cleanup();
const results: Result[] = [];
try {
  const stage = await Stage.open(dir, cleanup);
  const environment = await readEnvironment(stage.server);
  const style = markdown ? "markdown" : "terminal";
  process.stdout.write(`${shownEnvironment(environment, plan)}\n`);
  for (const scenario of scenarios) {
    tell(`${scenario.name}: ${scenario.summary}`);
    const result = await scenario.run(stage, plan);
    results.push(result);
    process.stdout.write(`${shownResult(result, style)}\n`);
    await write({ startedAt, environment, plan: planned, results }); // What is known stays, if the next one fails.
  }
  process.stdout.write(shownGoals(results, style));
  tell(`all figures: ${path}`);
} finally {
  await cleanup.run();
}

/** What goes on is for stderr, so that stdout is the report alone. */
function tell(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

async function write(report: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(report, undefined, 2)}\n`);
}
