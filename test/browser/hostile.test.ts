// Names and telemetry are text: whatever they hold, no element comes of it, and the page keeps its shape.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { chromiumPath } from "./chromium.ts";
import { type Dashboard, openDashboard } from "./dashboard.ts";

const markup = `<img src=x onerror="window.isOwned=true"><script>window.isOwned=true</script>`;
const turned = "\u202Egnp.exe\u2066\u200F\u0007";
const long = "W".repeat(10_000);

const name = `<img src=x onerror=window.isOwned=1>${turned}${"n".repeat(120)}.ndjson`;

function hostilePackage(): string {
  const line = (instrument1: string, n: number): string =>
    JSON.stringify({
      timestamp: `2024-05-01T00:00:${String(n).padStart(2, "0")}Z`,
      velocity: 7_700,
      altitude: 300_000,
      latitude: n,
      longitude: n,
      instrument1,
      instrument2: "ok",
    });
  return [
    JSON.stringify({ satellite_type: "jackal_mk1", note: markup, long }),
    line(markup, 1),
    line(turned, 2),
    line(long, 3),
    `${markup}${turned}`,
    `{"timestamp":"${markup.replaceAll('"', "'")}"}`,
    long,
    "",
  ].join("\n");
}

describe.skipIf(chromiumPath === undefined)("hostile names and strings", () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await openDashboard();
    await drop(dashboard.station.dir, name, hostilePackage());
    await drop(dashboard.station.dir, `b${name}`, `{"satellite_type":"${turned}<b>x</b>"}\n`);
    await dashboard.station.check.ended(2);
  });
  afterAll(() => dashboard?.close());

  const pages = ["", "#/packages", "#/packages/1", "#/packages/2", "#/satellites", "#/system"];

  test.each([1440, 390])("make no element and break no layout, %d pixels wide", async (width) => {
    for (const path of pages) {
      const page = await dashboard.open(path, { viewport: { width, height: 844 } });
      await page.locator(".panel").first().waitFor();
      await page.waitForLoadState("load");
      const found = await page.evaluate(() => ({
        images: document.querySelectorAll("img:not(.brand img)").length,
        bold: document.querySelectorAll("main b").length,
        isOwned: "isOwned" in window,
        tooWide: document.documentElement.scrollWidth - innerWidth,
      }));
      expect({ path, ...found }).toEqual({ path, images: 0, bold: 0, isOwned: false, tooWide: 0 });
      await page.context().close();
    }
    expect(dashboard.wrongs).toEqual([]);
  });

  test("what a screen would hide or turn around is named", async () => {
    const page = await dashboard.open("#/packages/1");
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain("⟨202E⟩gnp.exe");
    const raw = page.locator("table.lines .raw", { hasText: "<script>" }).first();
    await raw.waitFor();
    expect(await raw.innerText()).toContain("⟨202E⟩");
    await page.context().close();
  });
});
