// Takes the pictures of docs/images: a daemon with its own database in a temporary folder, packages made by
// `downlink simulate`, and the five pages in Chromium, light and dark. `npm run screenshots`, two minutes.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import type { Status } from "../src/api/schemas/status.ts";
import { launchChromium } from "../test/browser/chromium.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const images = join(repository, "docs", "images");
const width = 1440;
/** A longer page is cut. */
const mostHeight = 1_300;
/** So that the plots of the last minutes have something to show. */
const watchedMs = 75_000;
const schemes = ["light", "dark"] as const;

const folder = await mkdtemp(join(tmpdir(), "downlink-screenshots-"));
const env = {
  ...process.env,
  DOWNLINK_FILES_DIR: join(folder, "files"),
  DOWNLINK_DATA_DIR: join(folder, "data"),
  DOWNLINK_HTTP_PORT: "0",
};
const browser = await launchChromium();
const daemon = spawn(process.execPath, ["dist/main.js"], {
  cwd: repository,
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const url = await readyUrl(daemon);
  await loadPackages(url);
  await mkdir(images, { recursive: true });
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await takeNow(page, url);
  await take(page, `${url}/#/system`, "system", "Settings");
  await take(page, `${url}/#/packages`, "packages", "All packages");
  await ended(url, 12); // While packages are loaded, questions about readings have to wait.
  await take(page, `${url}/#/packages/2`, "package", "Rejected lines", ".uplot");
  const readings = "Readings over time (UTC)";
  await take(page, `${url}/#/satellites?type=jackal_mk2`, "satellites", readings, ".uplot");
} finally {
  await browser.close();
  const ended = once(daemon, "exit");
  daemon.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the daemon has no output");
  for await (const line of createInterface({ input: stdout })) {
    const { msg, http } = JSON.parse(line);
    if (msg === "ready") return String(http);
  }
  throw new Error("the daemon did not start");
}

/** Some that are complete, one refused, one that came twice; and large ones that are still being loaded. */
async function loadPackages(url: string): Promise<void> {
  const inbox = join(folder, "files", "ingest");
  for (const seed of [1, 2, 3, 4]) await simulate("jackal_mk1", 60_000, seed, 0.002);
  for (const seed of [1, 2]) await simulate("jackal_mk2", 250_000, seed, 0);
  await ended(url, 6);
  await simulate("jackal_mk1", 60_000, 3, 0.002); // The same bytes once more.
  await writeFile(join(inbox, "station-7-pass-0412.ndjson"), '{"satellite_type":"jackal_mk9"}\n');
  await ended(url, 8);
  await put(url, "settings", { values: { rows_per_second: "20000" }, note: "night shift" });
  const large = [5, 6, 7, 8].map((seed) => simulate("jackal_mk1", 600_000, seed, 0.0005));
  await Promise.all(large);
}

async function simulate(type: string, lines: number, seed: number, bad: number): Promise<void> {
  const options = { satellite: type, lines, seed, bad };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  await promisify(execFile)(process.execPath, ["bin/downlink.js", "simulate", ...args], {
    cwd: repository,
    env,
  });
}

const nothing = { complete: 0, failed: 0, duplicate: 0 };

/** Waits until so many packages have ended. */
async function ended(url: string, count: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/status`);
    const { today }: Pick<Status, "today"> = JSON.parse(await answer.text());
    const { complete, failed, duplicate } = today?.packages ?? nothing;
    if (complete + failed + duplicate >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function put(url: string, path: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  const init = { method: "PUT", headers, body: JSON.stringify(body) };
  const answer = await fetch(`${url}/api/v1/${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

async function takeNow(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForTimeout(watchedMs);
  await take(page, url, "now", "Latest packages");
}

/** @param heading is there when the page is, and so is what the `selector` finds */
async function take(
  page: Page,
  url: string,
  name: string,
  heading: string,
  selector = "main",
): Promise<void> {
  if (page.url().replace(/\/$/, "") !== url) await page.goto(url);
  await page.getByRole("heading", { name: heading }).waitFor();
  await page.locator(selector).first().waitFor();
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(1_500); // For what is still on its way.
    const height = await page.evaluate("document.documentElement.scrollHeight");
    const clip = { x: 0, y: 0, width, height: Math.min(Number(height), mostHeight) };
    await page.screenshot({
      path: join(images, `${name}-${colorScheme}.png`),
      clip,
      fullPage: true,
    });
  }
}
