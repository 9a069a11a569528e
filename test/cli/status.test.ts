// The commands `status` and `tree`, beside a daemon and without one.

import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestDaemon } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { downlink, start } from "./command-line.ts";

const http = { DOWNLINK_HTTP_PORT: "0", DOWNLINK_API_TOKEN: "t".repeat(32) };

let station: Station;
let daemon: TestDaemon;
beforeAll(async () => {
  station = await openStation();
  daemon = await station.start({ env: http });
  await drop(station.dir, "a.ndjson", samplePackage({ lines: 20, badEvery: 10, seed: 1 }).bytes);
  await drop(station.dir, "b.ndjson", "no header\n");
  await station.check.ended(2);
});
afterAll(() => station.close());

const environment = () => ({
  ...http,
  DATABASE_URL: station.url,
  DOWNLINK_DATA_DIR: join(station.dir, ".data"),
});

const run = (args: readonly string[], change: NodeJS.ProcessEnv = {}) =>
  downlink(args, { ...environment(), ...change });

describe("beside a running daemon", () => {
  test("status says on one screen what is going on", async () => {
    const { exitCode, stdout, stderr } = await run(["status"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const line of [
      /^downlink \d+\.\d+\.\d+ {2}ready {2}up .* {2}http:\/\/127\.0\.0\.1:\d+$/m,
      /^parts +database +running +for \d+ s/m,
      /^in work +none$/m,
      /^today +2 packages: 1 complete, 1 failed$/m,
      /^ +18 lines imported, 2 rejected, /m,
      /^throttle +no ceiling/m,
      /^database +ready, postgres:/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).not.toContain(new URL(station.url).password || "\u001b");
    expect(stdout.trimEnd().split("\n").length).toBeLessThan(24);
  });

  test("status as JSON is what the daemon answers", async () => {
    const { exitCode, stdout } = await run(["status", "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ready: true,
      work: [],
      database: { state: "ready" },
      today: { packages: { complete: 1, failed: 1 }, importedLines: 18, errors: 2 },
    });
  });

  test("status --watch shows it again and again until it is asked to end", async () => {
    const { child, outcome } = start(["status", "--watch"], environment());
    let seen = "";
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (text: string) => {
        seen += text;
        if (seen.split(/^downlink /m).length > 2) resolve();
      });
    });
    child.kill("SIGINT");
    expect(await outcome).toMatchObject({ signal: "SIGINT", stderr: "" });
  });

  test("tree shows each component with its state and age", async () => {
    const { exitCode, stdout } = await run(["tree"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^telemetry +running +for \d+ s$/m);
    expect(stdout).toMatch(/^├─ database +running +for \d+ s$/m);
    const { root } = JSON.parse((await run(["tree", "--json"])).stdout);
    expect(root).toMatchObject({ id: "telemetry", type: "supervisor", state: "running" });
  });

  test.each([
    ["missing", undefined],
    ["wrong", "x".repeat(32)],
  ])("a token that is %s is told, and not what is there", async (_, wrong) => {
    const { exitCode, stdout, stderr } = await run(["status"], { DOWNLINK_API_TOKEN: wrong });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("wants its DOWNLINK_API_TOKEN");
  });
});

/** Something else that answers over HTTP. */
async function otherProgram(): Promise<{ port: string; close: () => void }> {
  const server = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { port: String(port), close: () => void server.close() };
}

describe("without a daemon", () => {
  test("another program at its address is not taken for it", async () => {
    const { port, close } = await otherProgram();
    const { exitCode, stderr } = await run(["status"], { DOWNLINK_HTTP_PORT: port });
    close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("is no downlink of this version");
  });

  // In this order: the daemon is stopped for good.
  test("status says so, and what the database knows", async () => {
    await daemon.stop();
    const { exitCode, stdout, stderr } = await run(["status"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout).toMatch(/^downlink {2}no answer$/m);
    expect(stdout).toMatch(/^daemon +no daemon is running$/m);
    expect(stdout).toMatch(/^today +2 packages: 1 complete, 1 failed$/m);
    expect(stdout).toMatch(/^database +reachable, postgres:/m);
    const json = JSON.parse((await run(["status", "--json"])).stdout);
    expect(json).toMatchObject({ daemon: null, why: "no daemon is running", work: [] });
    expect(json.today.packages.complete).toBe(1);
  });

  test("one that was killed and left its address is no daemon either", async () => {
    const { port, close } = await otherProgram();
    close();
    const note = JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: 1 });
    await writeFile(join(station.dir, ".data", "http.json"), note);
    const { exitCode, stdout } = await run(["status"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`no daemon answers at http://127.0.0.1:${port} (ECONNREFUSED)`);
  });

  test("nor is the database there: that is said too", async () => {
    const url = new URL(station.url);
    url.port = "1";
    const { exitCode, stdout } = await run(["status"], { DATABASE_URL: url.href });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^database +the database at .* cannot be reached/m);
  });

  test.each(["tree", "watch"])("%s has nothing to show", async (command) => {
    const off = await run([command], { DOWNLINK_HTTP_PORT: "off" });
    expect(off).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: "downlink: DOWNLINK_HTTP_PORT is off\n",
    });
  });
});
