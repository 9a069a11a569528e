// A daemon with its dashboard open in a browser. Whatever a page does wrong of itself (an error, a broken policy, a
// request to another host) is gathered, and must be nothing in the end.
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { TestDaemon } from "../support/daemon.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { launchChromium } from "./chromium.ts";

export interface Dashboard {
  readonly station: Station;
  readonly browser: Browser;
  /** Of the daemon that was started last. */
  readonly url: string;
  /** What pages did wrong, all that were opened. */
  readonly wrongs: readonly string[];
  /** In place of the one before. */
  startDaemon(env?: Readonly<Record<string, string>>): Promise<TestDaemon>;
  stopDaemon(): Promise<void>;
  /** A page of its own context, so that nothing is left of another. @param path like "#/packages" */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openDashboard(
  env: Readonly<Record<string, string>> = {},
): Promise<Dashboard> {
  const station = await openStation();
  const browser = await launchChromium();
  const wrongs: string[] = [];
  let url = "";
  let daemon: TestDaemon | undefined;
  const startDaemon = async (more: Readonly<Record<string, string>> = {}): Promise<TestDaemon> => {
    daemon = await station.start({ env: { DOWNLINK_HTTP_PORT: "0", ...env, ...more } });
    const { http } = await daemon.logged("ready");
    if (typeof http !== "string") throw new Error("no HTTP address in the ready line");
    url = http.replace(/\/?$/, "/");
    return daemon;
  };
  await startDaemon();
  return {
    station,
    browser,
    wrongs,
    get url() {
      return url;
    },
    startDaemon,
    async stopDaemon() {
      await daemon?.stop();
    },
    async open(path = "", options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        ...options,
      });
      const page = await context.newPage();
      watch(page, url, wrongs);
      await page.goto(url + path);
      return page;
    },
    async close() {
      await browser.close();
      await station.close();
    },
  };
}

/** A daemon that is away, and a token that is wanted, are no mistake of the page. */
const expectedErrors =
  /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|status of (401|404|409|400|503)/;

function watch(page: Page, url: string, wrongs: string[]): void {
  const { origin } = new URL(url);
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) wrongs.push(`request to ${request.url()}`);
  });
  page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    const isWrong = message.type() === "error" || message.type() === "warning";
    if (isWrong && !expectedErrors.test(text)) wrongs.push(`console: ${text}`);
  });
}
