// What the README shows is what one gets.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { downlink } from "./command-line.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
  await station.start();
});
afterAll(() => station.close());

test("its queries answer on its own example, whatever bytes the bad lines have", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const [, example = ""] = /npx downlink (simulate .*)/.exec(readme) ?? [];
  const queries = readme.match(/^SELECT .*;$/gm) ?? [];
  expect(queries.length).toBeGreaterThan(2);
  await downlink(example.split(" "), { DOWNLINK_FILES_DIR: join(station.dir, "files") });
  await station.check.ended(1);
  for (const query of queries) expect(await station.check.query(query)).not.toEqual([]);
});
