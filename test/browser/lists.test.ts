// The list of all packages: filter and order are the server's work, and stand in the address.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { chromiumPath } from "./chromium.ts";
import { type Dashboard, openDashboard } from "./dashboard.ts";

describe.skipIf(chromiumPath === undefined)("the list of packages", () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await openDashboard();
    for (const [seed, name] of ["dropped", "chosen", "after"].entries()) {
      const { bytes } = samplePackage({ lines: 10 + seed, seed });
      await drop(dashboard.station.dir, `${name}.ndjson`, bytes);
    }
    await dashboard.station.check.ended(3);
  });
  afterAll(() => dashboard?.close());

  test("is what is asked for, and keeps that in its address", async () => {
    const page = await dashboard.open("#/packages");
    await page.getByRole("row", { name: /dropped\.ndjson/ }).waitFor();
    await page.getByLabel("Name").fill("chosen");
    await page.getByRole("row", { name: /dropped\.ndjson/ }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: /chosen\.ndjson/ }).waitFor();
    expect(page.url()).toContain("name=chosen");
    await page.getByLabel("Name").fill("");
    await page.getByRole("button", { name: "name" }).click();
    await page.locator("th[aria-sort=ascending]", { hasText: "name" }).waitFor();
    await expect
      .poll(() => page.locator("tbody th").allInnerTexts())
      .toEqual(["after.ndjson", "chosen.ndjson", "dropped.ndjson"]);
    expect(page.url()).toContain("sort=name");
    await page.getByLabel("Status").selectOption("failed");
    await page.getByText("No package fits").waitFor();
    await page.context().close();
  });
});
