// The HTTP address as a part of the daemon: where it listens, what it refuses to do, and that it goes with the daemon.
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { httpKey, httpStarter } from "../../src/api/http-server.ts";
import { SetupError } from "../../src/errors.ts";
import { capturedLog } from "../support/captured-log.ts";
import { TestDaemon } from "../support/daemon.ts";
import { freePort } from "../support/free-port.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { apiContext } from "./api-context.ts";
import { type ApiStation, openApiStation } from "./api-station.ts";

const stations: ApiStation[] = [];
afterEach(async () => {
  for (const station of stations.splice(0)) await station.close();
});

async function openStation(env: Readonly<Record<string, string>> = {}): Promise<ApiStation> {
  const station = await openApiStation({ env });
  stations.push(station);
  return station;
}

/** A daemon that is not expected to live. @returns how it ended and what it said */
async function failedStart(env: Readonly<Record<string, string>>): Promise<[unknown, string]> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  const url = "postgres://nobody@127.0.0.1:9/none"; // Never asked.
  const daemon = new TestDaemon({ dir: folder.path, env: { DATABASE_URL: url, ...env } });
  const code = await daemon.exited;
  return [code, daemon.stderr];
}

describe("a start is refused with exit code 2", () => {
  test.each(["0.0.0.0", "::", "192.0.2.1", "example.org"])(
    "on %s without a token, before anything listens",
    async (host) => {
      const env = { DOWNLINK_HTTP_HOST: host, DOWNLINK_HTTP_PORT: "0" };
      const [code, stderr] = await failedStart(env);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^downlink: DOWNLINK_HTTP_HOST got .* DOWNLINK_API_TOKEN/);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    },
  );

  test("on a port that is taken, naming it and what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const address = taken.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const [code, stderr] = await failedStart({ DOWNLINK_HTTP_PORT: String(address.port) });
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${address.port} is taken`);
    expect(stderr).toContain("DOWNLINK_HTTP_PORT");
  });
});

describe("the address", () => {
  test("is written down while it answers, and for as long", async () => {
    const { dir, daemon, http } = await openStation();
    const path = join(dir, ".data", "http.json");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      url: http,
      pid: daemon.process.pid,
    });
    expect(await daemon.stop()).toBe(0);
    expect(await readdir(join(dir, ".data"))).toEqual([]);
    await expect(fetch(http)).rejects.toThrow();
  });

  test("may be open to all with a token, and is shown as it is reached from here", async () => {
    const token = "t".repeat(32);
    const { http } = await openStation({
      DOWNLINK_HTTP_HOST: "0.0.0.0",
      DOWNLINK_API_TOKEN: token,
    });
    expect(http).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const refused = await fetch(`${http}/api/v1/status`);
    expect(refused.status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${http}/api/v1/status`, { headers })).status).toBe(200);
  });

  test("is none with port off", async () => {
    const { openStation: open } = await import("../support/shared-daemon.ts");
    const station = await open();
    try {
      const daemon = await station.start();
      expect(await daemon.logged("ready")).toMatchObject({ http: null });
    } finally {
      await station.close();
    }
  });
});

test("an open stream of events does not hold up the stop", async () => {
  const { daemon, http } = await openStation();
  const { body } = await fetch(`${http}/api/v1/events`);
  const reader = body?.getReader();
  await reader?.read();
  expect(await daemon.stop()).toBe(0);
  await expect(reader?.read()).rejects.toThrow();
});

describe("a start that cannot listen", () => {
  /** Starts a server, and has another program take its port as soon as it is gone. */
  async function losePort() {
    const folder = await makeTemporaryFolder();
    const { log, messages } = capturedLog();
    const context = apiContext({ log });
    const start = httpStarter({ ...context, port: await freePort(), dataDir: folder.path }, 0);
    const first = await start();
    const { url } = context.registry.get(httpKey);
    first.stop();
    await first.exited;
    const other = createServer().listen(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(async () => {
      other.close();
      await folder.remove();
    });
    await once(other, "listening");
    return { start, other, url, messages };
  }

  test("and never did is refused, for a person to set something right", async () => {
    const { url } = await losePort();
    const port = Number(new URL(url).port);
    const start = httpStarter({ ...apiContext(), port, dataDir: "" });
    await expect(start()).rejects.toThrow(SetupError);
  });

  test.each(["fe80::1", "x".repeat(300), "nowhere.invalid"])(
    "on an address that nobody can listen on is refused in the same way: %s",
    async (host) => {
      const start = httpStarter({ ...apiContext(), host, port: 0, dataDir: "" });
      await expect(start()).rejects.toThrow(SetupError);
    },
  );

  test("and once did is said, and ends later by an error that nobody has to set right", async () => {
    const { start, messages } = await losePort();
    const exit = await (await start()).exited;
    if (exit.kind !== "crash") throw new Error(`it ended with ${exit.kind}`);
    expect(exit.error).not.toBeInstanceOf(SetupError);
    expect(String(exit.error)).toContain("is taken");
    expect(messages()).toEqual(["the HTTP address does not answer, trying again"]);
  });

  test("comes back when the address is free again", async () => {
    const { start, other, url } = await losePort();
    await (await start()).exited;
    other.close();
    await once(other, "close");
    const component = await start();
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    component.stop();
    await component.exited;
  });
});

describe("with the database away", () => {
  test("what needs it is a problem at once, and all else is told", async () => {
    const folder = await makeTemporaryFolder();
    onTestFinished(() => folder.remove());
    const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:9/none", DOWNLINK_HTTP_PORT: "0" };
    const daemon = new TestDaemon({ dir: folder.path, env });
    onTestFinished(async () => void (await daemon.stop()));
    const file = join(folder.path, ".data", "http.json");
    const { url } = await daemon.until("the address", async () => {
      return JSON.parse(await readFile(file, "utf8").catch(() => "false"));
    });
    await daemon.logged("database away, waiting for it");
    const files = await fetch(`${url}/api/v1/files`);
    expect(files.status).toBe(503);
    expect(await files.json()).toMatchObject({ code: "database_away" });
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      ready: false,
      reasons: [{ part: "database", reason: "cannot be reached" }],
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const status = await (await fetch(`${url}/api/v1/status`)).json();
    expect(status).toMatchObject({ ready: false, today: null, database: { state: "away" } });
  });
});
