// The way to the daemon: lost and found, with a token and without, in both directions; and addresses that can be kept.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { chromiumPath } from "./chromium.ts";
import { type Dashboard, openDashboard } from "./dashboard.ts";

describe.skipIf(chromiumPath === undefined)("a page that is left open", () => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  test("says that the daemon is gone, and goes on by itself when it is back", async () => {
    const page = await dashboard.open();
    await page.locator("[data-connection=open]").waitFor();
    await dashboard.stopDaemon();
    await page.getByText("No connection to downlink.").waitFor();

    const { port } = new URL(dashboard.url);
    await dashboard.startDaemon({ DOWNLINK_HTTP_PORT: port });
    await page.locator("[data-connection=open]").waitFor();
    await page.getByText("No connection to downlink.").waitFor({ state: "detached" });
    await drop(dashboard.station.dir, "after.ndjson", samplePackage({ lines: 10, seed: 1 }).bytes);
    await page.getByRole("row", { name: /complete\s+after\.ndjson/ }).waitFor();
    expect(dashboard.wrongs).toEqual([]);
    await page.context().close();
  });

  test("shows what was chosen as a file, and takes it into the inbox", async () => {
    const page = await dashboard.open();
    const { bytes } = samplePackage({ lines: 20, seed: 2 });
    const file = { name: "chosen.ndjson", mimeType: "application/octet-stream", buffer: bytes };
    await page.getByLabel("Packages to send").setInputFiles(file);
    await page.getByText("sent: it is in the inbox").waitFor();
    await page.getByRole("row", { name: /complete\s+chosen\.ndjson/ }).waitFor();
    await page.context().close();
  });

  test("takes packages that are dropped on it, and tells why one was not taken", async () => {
    const page = await dashboard.open();
    const text = samplePackage({ lines: 20, seed: 3 }).bytes.toString();
    await page.evaluate((content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], "dropped.ndjson"));
      dataTransfer.items.add(new File([content], ".hidden"));
      document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
    }, text);
    await page.getByRole("row", { name: /complete\s+dropped\.ndjson/ }).waitFor();
    await page.locator("[data-upload=refused]", { hasText: "left alone" }).waitFor();
    expect(dashboard.wrongs).toEqual([]);
    await page.context().close();
  });

  test.each([
    ["#/", "Now"],
    ["#/packages?status=complete&satellite=jackal_mk1&name=after", "after.ndjson"],
    ["#/packages/1", "after.ndjson"],
    ["#/packages/4711", "There is no package 4711"],
    ["#/satellites?type=jackal_mk2", "No readings of jackal_mk2 yet"],
    ["#/system", "file-system-watcher"],
    ["#/nowhere", "There is no such page"],
  ])("is found again by its address %s", async (path, text) => {
    const page = await dashboard.open(path);
    await page.getByText(text).first().waitFor({ state: "attached" });
    await page.reload();
    await page.getByText(text).first().waitFor({ state: "attached" });
    expect(dashboard.wrongs).toEqual([]);
    await page.context().close();
  });

  test("changes a setting in place, and takes it back", async () => {
    const page = await dashboard.open("#/system");
    const row = page.locator("[data-setting]", { hasText: "rows_per_second" });
    await row.getByRole("textbox").fill("12345");
    await row.getByRole("button", { name: "Set" }).click();
    await row.getByRole("button", { name: "back to it" }).click();
    await expect.poll(() => row.getByRole("textbox").inputValue()).toBe("0");
    expect(dashboard.wrongs).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(chromiumPath === undefined)("a daemon with a token", () => {
  const token = "a-token-of-more-than-32-characters-0123456789";
  let dashboard: Dashboard;

  beforeAll(async () => {
    dashboard = await openDashboard({ DOWNLINK_API_TOKEN: token });
  });
  afterAll(() => dashboard?.close());
  afterEach(() => expect(dashboard.wrongs).toEqual([]));

  test("asks for it, refuses a wrong one, and takes the right one until the tab is closed", async () => {
    const page = await dashboard.open("#/system");
    await page.getByLabel("API token").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The token was not accepted.").waitFor();

    await page.getByLabel("API token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("file-system-watcher").waitFor();
    await page.locator("[data-connection=open]").waitFor();
    await page.reload();
    await page.getByText("file-system-watcher").waitFor();

    const kept = await page.evaluate(() => ({
      local: localStorage.length,
      cookie: document.cookie,
    }));
    expect(kept).toEqual({ local: 0, cookie: "" });
    expect(page.url()).not.toContain(token);
    await page.context().close();
  });

  test("takes the same one again, after another one was wanted for a while", async () => {
    const { port } = new URL(dashboard.url);
    const restart = async (wanted: string): Promise<void> => {
      await dashboard.stopDaemon();
      await dashboard.startDaemon({ DOWNLINK_HTTP_PORT: port, DOWNLINK_API_TOKEN: wanted });
    };
    const page = await dashboard.open("#/system");
    const signIn = async (): Promise<void> => {
      await page.getByLabel("API token").fill(token);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.locator("[data-connection=open]").waitFor();
    };
    await signIn();
    await restart(`another-${token}`);
    await page.locator("[data-connection=refused]").waitFor();
    await restart(token);
    await signIn();
    await page.context().close();
  });
});
