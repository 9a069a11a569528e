// Start, restart, adoption and stop of the embedded server, on the real one. One cluster, each test begins with it
// stopped.

import { EventEmitter, once } from "node:events";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEmbeddedServer } from "../../../src/database/embedded/find-server.ts";
import { stopPostmaster } from "../../../src/database/embedded/postmaster.ts";
import { serversIn } from "../../../src/database/embedded/process-check.ts";
import { ask, asRoot, connect, makePlace, type Place } from "./clusters.ts";

let place: Place;
let dataDir: string;
let dir: string;

beforeAll(async () => {
  place = await makePlace();
  const server = await place.start("first");
  ({ dataDir } = server);
  dir = place.optionsFor("first").dir;
  await ask(server.url, "CREATE TABLE kept AS SELECT 7 AS number");
});
beforeEach(() => stopPostmaster({ dataDir, account: undefined }));
afterAll(() => place.remove());

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe("the first start", () => {
  test("leaves a cluster for the major version, a log, a password, and nothing half made", async () => {
    expect((await readdir(dir)).sort()).toEqual(["data-18", "log", "password"]);
    expect(await modeOf(join(dir, "data-18"))).toBe("700");
    expect(await modeOf(join(dir, "password"))).toBe("600");
    expect(await modeOf(join(dir, "log"))).toBe("750");
    expect(await modeOf(join(dir, "log", "start.log"))).toBe("640");
    for (const folder of [dir, join(dir, "..")]) {
      expect(await modeOf(folder)).toBe(asRoot ? "711" : "750");
    }
  });

  test("gives user and database the name downlink, UTF-8, UTC and data checksums", async () => {
    const { url } = await place.start("first");
    const { rows } = await ask(
      url,
      `SELECT current_user AS user, current_database() AS database, current_setting('server_encoding') AS encoding,
         current_setting('timezone') AS timezone, current_setting('data_checksums') AS checksums,
         current_setting('listen_addresses') AS address`,
    );
    expect(rows).toEqual([
      {
        user: "downlink",
        database: "downlink",
        encoding: "UTF8",
        timezone: "UTC",
        checksums: "on",
        address: "127.0.0.1",
      },
    ]);
  });

  test("keeps the password out of the server's arguments, and lets nobody in without it", async () => {
    const { pid, url } = await place.start("first");
    const password = (await readFile(join(dir, "password"), "utf8")).trim();
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(url).toContain(password);
    if (process.platform === "linux") {
      expect(await readFile(`/proc/${pid}/cmdline`, "utf8")).not.toContain(password);
    }
    await expect(connect(url.replace(password, "wrong"))).rejects.toMatchObject({ code: "28P01" });
  });

  test("of two at once makes one cluster and one server", async () => {
    const both = await Promise.all([place.start("twins"), place.start("twins")]);
    expect(new Set(both.map(({ pid }) => pid)).size).toBe(1);
    expect(new Set(both.map(({ url }) => url)).size).toBe(1);
    expect(both.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
    const { dir: twins } = place.optionsFor("twins");
    expect((await readdir(twins)).sort()).toEqual(["data-18", "log", "password"]);
    await both[0].stop();
  });
});

describe("another start", () => {
  test("begins the server again with what was committed, after a stop and after kill -9", async () => {
    const first = await place.start("first");
    expect(first.adopted).toBe(false);
    process.kill(first.pid, "SIGKILL");
    const second = await place.start("first");
    expect(second).toMatchObject({ adopted: false, url: expect.any(String) });
    expect(second.pid).not.toBe(first.pid);
    expect((await ask(second.url, "TABLE kept")).rows).toEqual([{ number: 7 }]);
  });

  test("adopts the server that runs, with its port", async () => {
    const { pid, url, port } = await place.start("first");
    const again = await place.start("first", { preferredPort: port + 1 });
    expect(again).toMatchObject({ pid, url, port, adopted: true });
  });

  test("waits for the end of a server that is stopping, then starts one", async () => {
    const { pid, url } = await place.start("first");
    const client = await connect(url);
    process.kill(pid, "SIGTERM"); // Smart: it waits for its clients, and ours is there.
    const events = new EventEmitter();
    const waits = once(events, "waiting for the embedded server");
    const second = place.start("first", { log: (message, fields) => events.emit(message, fields) });
    expect(await waits).toEqual([{ pid, status: "stopping" }]);
    await client.end();
    expect(await second).toMatchObject({ adopted: false });
    expect((await second).pid).not.toBe(pid);
  });

  test("takes the preferred port, and another one if it is taken", async () => {
    const { port } = await place.start("first");
    await stopPostmaster({ dataDir, account: undefined });
    const same = await place.start("first", { preferredPort: port });
    expect(same.port).toBe(port);
    await same.stop();
    const other = createServer().listen({ port, host: "127.0.0.1" });
    await once(other, "listening");
    const moved = await place.start("first", { preferredPort: port });
    expect(moved.port).not.toBe(port);
    other.close();
    await once(other, "close");
  });

  test("is durable unless told otherwise; further settings win", async () => {
    const { url } = await place.start("first", { durable: true, settings: { work_mem: "9MB" } });
    const { rows } = await ask(
      url,
      "SELECT current_setting('fsync') AS fsync, current_setting('work_mem') AS work_mem",
    );
    expect(rows).toEqual([{ fsync: "on", work_mem: "9MB" }]);
  });
});

describe("a start that cannot be", () => {
  test("says why when the server ends five times, without the password", async () => {
    const start = place.start("first", { settings: { shared_buffers: "no size" } });
    await expect(start).rejects.toMatchObject({
      code: "E_EMBEDDED_SERVER",
      message: expect.stringMatching(/does not start: FATAL: .*shared_buffers.*no size/),
    });
  });

  test("is refused when the password is missing or does not fit", async () => {
    const [file, aside] = [join(dir, "password"), join(dir, "aside")];
    await rename(file, aside);
    await expect(place.start("first")).rejects.toMatchObject({ code: "E_SETUP" });
    await writeFile(file, "another\n", { mode: 0o600 });
    await expect(place.start("first")).rejects.toMatchObject({
      code: "E_SETUP",
      message: expect.not.stringContaining("another"),
    });
    await rename(aside, file);
  });

  test("is refused beside a cluster of another major version", async () => {
    await rename(dataDir, join(dir, "data-17"));
    const start = place.start("first");
    await expect(start).rejects.toMatchObject({
      code: "E_SETUP",
      message: expect.stringContaining("PostgreSQL 17"),
    });
    await rename(join(dir, "data-17"), dataDir);
  });

  test("ends with its signal and leaves no server; at its limit it leaves the server to the next", async () => {
    // A recovery that finds no end: the server is `starting` for as long as the test wants.
    await writeFile(join(dataDir, "recovery.signal"), "", { mode: 0o644 });
    const settings = { restore_command: "sleep 60" };
    const limited = place.start("first", { settings, startLimitMs: 300 });
    await expect(limited).rejects.toMatchObject({
      code: "E_EMBEDDED_SERVER",
      message: expect.stringContaining("was not ready within 300 ms (starting)"),
    });
    expect(await serversIn(dataDir, undefined)).not.toEqual([]);
    await stopPostmaster({ dataDir, account: undefined });

    const stopping = new AbortController();
    const cut = place.start("first", { settings, signal: stopping.signal });
    await expect.poll(() => serversIn(dataDir, undefined)).not.toEqual([]);
    stopping.abort(new Error("enough"));
    await expect(cut).rejects.toThrow("enough");
    await expect.poll(() => serversIn(dataDir, undefined)).toEqual([]);
    await rm(join(dataDir, "recovery.signal"));
    await place.start("first");
  });
});

describe("for the command line", () => {
  test("there is nothing where there is no cluster, and looking makes nothing", async () => {
    const nowhere = place.optionsFor("nowhere").dir;
    expect(await findEmbeddedServer(nowhere)).toBe(undefined);
    expect(await readdir(place.path)).not.toContain("nowhere");
  });

  test("there are URL and port of the server that runs, and else those of the last one", async () => {
    const { url, port, pid, stop } = await place.start("first");
    expect(await findEmbeddedServer(dir)).toEqual({ url, port, running: true });
    await stop();
    expect(await findEmbeddedServer(dir)).toEqual({ url, port, running: false });
    const next = await place.start("first", { preferredPort: port });
    expect(next.pid).not.toBe(pid);
    process.kill(next.pid, "SIGKILL");
    await expect.poll(() => findEmbeddedServer(dir)).toEqual({ url, port, running: false });
  });
});

test("a stop may be asked for twice, leaves no process, and ends open transactions", async () => {
  const server = await place.start("first");
  const client = await connect(server.url);
  await client.query("BEGIN; INSERT INTO kept VALUES (8)");
  await Promise.all([server.stop(), server.stop()]);
  expect(await serversIn(dataDir, undefined)).toEqual([]);
  await client.end();
  const { url } = await place.start("first");
  expect((await ask(url, "TABLE kept")).rows).toEqual([{ number: 7 }]);
});
