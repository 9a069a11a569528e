// The command `watch` in a pipe: what became of packages as it happens, and of the daemon.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { until } from "../support/until.ts";
import { type Running, start } from "./command-line.ts";

let station: Station;
const running: Running[] = [];
beforeAll(async () => {
  station = await openStation();
});
afterAll(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await station.close();
});

const http = { DOWNLINK_HTTP_PORT: "0" };

/** Starts it, and waits until it is connected: a package that was loaded before is not told. */
async function watch(...args: string[]) {
  const one = start(["watch", ...args], {
    ...http,
    DATABASE_URL: station.url,
    DOWNLINK_DATA_DIR: join(station.dir, ".data"),
  });
  running.push(one);
  let text = "";
  one.child.stdout?.on("data", (piece: string) => {
    text += piece;
  });
  let stderr = "";
  one.child.stderr?.on("data", (piece: string) => {
    stderr += piece;
  });
  return { ...one, text: () => text, stderr: () => stderr };
}

test("ends of packages are told, and a daemon that goes away is waited for", async () => {
  const first = await station.start({ env: http });
  const { child, outcome, text } = await watch();
  const json = await watch("--json");
  // Whether it is connected yet shows only in what it tells: so until it tells, there is one more package.
  for (let seed = 1; !text().includes("complete") || !json.text().includes("complete"); seed++) {
    await drop(
      station.dir,
      `a-${seed}.ndjson`,
      samplePackage({ lines: 30, badEvery: 10, seed }).bytes,
    );
    await station.check.ended(seed);
  }
  expect(text()).toMatch(
    /^\d\d:\d\d:\d\d {2}package \d+ {2}a-\d+\.ndjson {2}complete: 30 lines, 3 rejected, .*$/m,
  );
  const told = json
    .text()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(told).toContainEqual(expect.objectContaining({ kind: "package_complete", errors: 3 }));
  expect(text()).not.toContain("\u001b");

  await first.stop();
  await until("the loss", () => text().includes("waiting for it") && json.stderr() !== "", 20_000);
  await station.start({ env: http });
  await until("the return", () => text().includes("the daemon answers"), 20_000);
  await drop(station.dir, "refused.ndjson", "no header\n");
  await until("the failure", () => /refused\.ndjson {2}failed: /.test(text()), 20_000);

  child.kill("SIGINT");
  json.child.kill("SIGTERM");
  expect(await outcome).toMatchObject({ signal: "SIGINT", stderr: "" });
  expect(await json.outcome).toMatchObject({ signal: "SIGTERM" });
}, 60_000);
