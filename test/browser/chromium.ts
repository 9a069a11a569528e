// Which browser the tests use: one that is installed. Nothing is downloaded.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const chromiumPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export const chromiumPath = chromiumPlaces.find((path) => existsSync(path));

/** It asks nobody for anything of its own accord. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("there is no Chromium");
  return chromium.launch({ executablePath: chromiumPath, args });
}
