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

/** Valid times which in UTC are before the first year, and beyond the last one of four digits. */
const farPackage = [
  '{"satellite_type":"jackal_mk2"}',
  ...["0001-01-01T00:00:00+01:00", "2024-05-01T00:00:00Z", "9999-12-31T23:59:59-01:00"].map((ts) =>
    JSON.stringify({
      ts,
      vel: 7_700,
      alt: 300_000,
      lat: 1,
      long: 2,
      instrument1: "ok",
      instrument3: "ok",
      instrument4: "ok",
    }),
  ),
  "",
].join("\n");

describe.skipIf(chromiumPath === undefined)("hostile names and strings", () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await openDashboard();
    await drop(dashboard.station.dir, name, hostilePackage());
    await drop(dashboard.station.dir, `b${name}`, `{"satellite_type":"${turned}<b>x</b>"}\n`);
    await dashboard.station.check.ended(2);
    await drop(dashboard.station.dir, "far.ndjson", farPackage);
    await dashboard.station.check.ended(3);
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

  test.each(["#/packages/3", "#/satellites?type=jackal_mk2"])(
    "a time at the ends of the calendar is shown as any other: %s",
    async (path) => {
      const page = await dashboard.open(path);
      await expect.poll(() => page.locator(".plot canvas").count()).toBe(2);
      const text = await page.locator("main").innerText();
      expect(text).toMatch(/0000-12-31[\s\S]*\+10000-01-01/);
      expect(text).not.toMatch(/NaN|Invalid/);
      expect(dashboard.wrongs).toEqual([]);
      await page.context().close();
    },
  );

  test("a zoom over the whole calendar shows the years that can be asked for", async () => {
    const page = await dashboard.open("#/satellites?type=jackal_mk2");
    await page.getByRole("button", { name: "show all" }).click();
    await page.getByText("0001-01-01 00:00:00 – 9999-12-31 23:59:59").waitFor();
    await page.getByText("1 reading", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Zoom out" }).click();
    await page.getByText("0001-01-01 00:00:00 – 9999-12-31 23:59:59").waitFor();
    await expect.poll(() => page.locator(".plot canvas").count()).toBe(2);
    expect(dashboard.wrongs).toEqual([]);
    await page.context().close();
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
