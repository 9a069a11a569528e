// What a person sees of packages: that they come, how far they are, and why one was refused.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { chromiumPath } from "./chromium.ts";
import { type Dashboard, openDashboard } from "./dashboard.ts";

describe.skipIf(chromiumPath === undefined)("the dashboard", () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await openDashboard({
      DOWNLINK_MAX_ROWS_PER_SECOND: "2000",
      DOWNLINK_MAX_REJECTS_STORED: "20",
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(() => expect(dashboard.wrongs).toEqual([]));

  test("with nothing to show says what to do next", async () => {
    const page = await dashboard.open();
    await page.getByText("Nothing to load").waitFor();
    await page.getByText("npx downlink simulate").first().waitFor();
    await page.context().close();
  });

  test("a dropped package appears, advances and completes without a reload", async () => {
    const page = await dashboard.open();
    await page.getByText("live", { exact: true }).waitFor();
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));

    await drop(
      dashboard.station.dir,
      "slow.ndjson",
      samplePackage({ lines: 8_000, seed: 1 }).bytes,
    );
    const slot = page.locator(".slot", { hasText: "slow.ndjson" });
    await slot.waitFor();
    const bar = slot.getByRole("progressbar");
    const share = async (): Promise<number> => Number(await bar.getAttribute("aria-valuenow"));
    await expect.poll(share, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    const first = await share();
    await expect.poll(share, { timeout: 20_000, interval: 20 }).toBeGreaterThan(first);

    const row = page.getByRole("row", { name: /complete\s+slow\.ndjson/ });
    await row.waitFor();
    await slot.waitFor({ state: "detached" });
    expect(await row.innerText()).toMatch(/jackal_mk1[\s\S]*8,000/);
    expect(await page.evaluate(() => "isSamePage" in window)).toBe(true);
    await page.context().close();
  });

  test("a refused package explains itself, and can be sent again", async () => {
    const page = await dashboard.open();
    await drop(dashboard.station.dir, "unknown.ndjson", '{"satellite_type":"jackal_mk9"}\n');
    await page.getByRole("row", { name: /failed\s+unknown\.ndjson/ }).waitFor();
    await page.getByText('satellite_type "jackal_mk9" is unknown').waitFor();

    await page.getByRole("link", { name: "unknown.ndjson" }).click();
    await page.getByRole("heading", { level: 1, name: "unknown.ndjson" }).waitFor();
    const reason = page.getByRole("alert");
    expect(await reason.innerText()).toContain('satellite_type "jackal_mk9" is unknown');
    await page.getByText(/failed\/\d+-unknown\.ndjson/).waitFor();
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByText("The package is in the inbox again.").waitFor();
    await page.context().close();
  });

  test("a refused package whose file somebody has taken away is not told as a deleted one", async () => {
    const { check, dir } = dashboard.station;
    await drop(dir, "taken.ndjson", '{"satellite_type":"jackal_mk9","n":2}\n');
    const page = await dashboard.open("#/packages?name=taken");
    await page.getByRole("row", { name: /failed\s+taken\.ndjson/ }).waitFor();
    const id = (await check.files()).find(({ name }) => name === "taken.ndjson")?.id;
    await rm(join(dir, "files", "failed", `${id}-taken.ndjson`));
    await page.getByRole("link", { name: "taken.ndjson" }).click();
    await page.getByText("not in failed/: somebody has taken it away").waitFor();
    await page.context().close();
  });

  test("rejected lines are shown with their reasons, and by reason", async () => {
    const bytes = Buffer.concat([
      samplePackage({ lines: 50, badEvery: 5, seed: 2 }).bytes,
      Buffer.from('not json\n{"timestamp":1}\n'),
    ]);
    await drop(dashboard.station.dir, "rejects.ndjson", bytes);
    const page = await dashboard.open("#/packages?name=rejects");
    await page.getByRole("link", { name: "rejects.ndjson" }).click();
    await page.getByRole("link", { name: "out_of_range" }).waitFor();
    await page.locator("table.lines .raw", { hasText: /^not json$/ }).waitFor();

    await page.getByRole("link", { name: "invalid_json" }).click();
    await page.getByRole("heading", { name: "Rejected lines: invalid_json" }).waitFor();
    await expect.poll(() => page.locator("table.lines tbody tr").count()).toBe(1);
    expect(page.url()).toContain("reason=invalid_json");
    await page.context().close();
  });

  test("a package with more rejected lines than are stored is archived at its end, and not before", async () => {
    const { bytes } = samplePackage({ lines: 24_000, badEvery: 2, seed: 4 });
    await drop(dashboard.station.dir, "many-rejects.ndjson", bytes);
    const page = await dashboard.open("#/packages?name=many-rejects");
    await page.getByRole("link", { name: "many-rejects.ndjson" }).click();
    const note = page.getByText("more were counted and not stored.");
    await note.waitFor();
    const text = await page.locator("main").innerText();
    expect(text).toContain("processing");
    expect(text).not.toContain("archived");
    await note.getByText("The package was archived whole.").waitFor();
    await page.context().close();
  });

  test("a range drawn in a plot is asked from the server again, and back", async () => {
    await drop(
      dashboard.station.dir,
      "zoom.ndjson",
      samplePackage({ lines: 3_000, seed: 3 }).bytes,
    );
    const page = await dashboard.open("#/packages?name=zoom&status=complete");
    await page.getByRole("link", { name: "zoom.ndjson" }).click();
    await page.getByText("3,000 readings").first().waitFor();
    const asked = page.waitForRequest(/telemetry\?.*since=/);
    const plot = page.locator(".plot .u-over").first();
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    if (box === null) throw new Error("no plot");
    await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await asked;
    await page
      .getByText(/^(59\d|60\d) readings/)
      .first()
      .waitFor();
    await page.goBack();
    await page.getByText("3,000 readings").first().waitFor();
    await page.context().close();
  });

  test("a reading pointed at on the map is told in words", async () => {
    const page = await dashboard.open("#/packages?name=zoom&status=complete");
    await page.getByRole("link", { name: "zoom.ndjson" }).click();
    await page.getByText("3,000 readings").first().waitFor();
    const map = page.getByRole("slider", { name: /Ground track/ });
    await map.press("ArrowRight");
    const told = (): Promise<string | null> => map.getAttribute("aria-valuetext");
    await expect.poll(told).toMatch(/° [NS] .*° [EW]/);
    await expect.poll(() => page.locator(".readout").innerText()).toMatch(/\d\.\d{6}.*m\/s/s);
    await page.context().close();
  });
});
