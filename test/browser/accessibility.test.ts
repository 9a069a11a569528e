// Every page is for everybody: axe-core finds nothing serious, dark or light, and the keyboard reaches all.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { chromiumPath } from "./chromium.ts";
import { type Dashboard, openDashboard } from "./dashboard.ts";

const pages = [
  ["#/", "Latest packages"],
  ["#/packages", "All packages"],
  ["#/packages/1", "Rejected lines"],
  ["#/satellites", "Coverage of data time"],
  ["#/system", "Supervision tree"],
] as const;

describe.skipIf(chromiumPath === undefined)("every page", () => {
  let dashboard: Dashboard;
  let axe: string;

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    dashboard = await openDashboard();
    const { bytes } = samplePackage({ lines: 500, badEvery: 20, seed: 1 });
    await drop(dashboard.station.dir, "a.ndjson", bytes);
    await dashboard.station.check.ended(1);
    await drop(dashboard.station.dir, "b.ndjson", "not a header\n");
    await dashboard.station.check.ended(2);
  });
  afterAll(() => dashboard?.close());

  /** By the inspector, which the page's policy does not bind. */
  async function faultsOf(page: Page): Promise<unknown[]> {
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const run = "axe.run().then((results) => JSON.stringify(results))";
    const options = { expression: run, awaitPromise: true, returnByValue: true };
    const { result } = await session.send("Runtime.evaluate", options);
    const { violations }: AxeResults = JSON.parse(result.value);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
  }

  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    test.each(pages)("%s has no serious fault", async (path, heading) => {
      for (const width of [1440, 390]) {
        const viewport = { width, height: 900 };
        const page = await dashboard.open(path, { colorScheme, viewport });
        await page.getByRole("heading", { name: heading }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
        await page.context().close();
      }
      expect(dashboard.wrongs).toEqual([]);
    });
  });

  test("can be left from the bar by one key, to its content", async () => {
    const page = await dashboard.open("#/packages");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
    await page.context().close();
  });
});
