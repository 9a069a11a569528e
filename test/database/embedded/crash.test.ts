// What happens to the server when processes are killed: the daemon is a real process here, in a process group of its own
// like one in a terminal.
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findPostmaster, stopPostmaster } from "../../../src/database/embedded/postmaster.ts";
import { ask, connect, type Daemon, end, makePlace, type Place } from "./clusters.ts";

let place: Place;
let dataDir: string;

beforeAll(async () => {
  place = await makePlace();
  const server = await place.start("first");
  ({ dataDir } = server);
  await ask(server.url, "CREATE TABLE kept (number integer)");
});
beforeEach(() => stopPostmaster({ dataDir, account: undefined }));
afterAll(() => place.remove());

async function startDaemon(): Promise<{ daemon: Daemon; pid: number; url: string }> {
  const daemon = await place.daemon(place.optionsFor("first"));
  if (!("pid" in daemon.answer)) throw new Error(daemon.answer.message);
  const { pid, url } = daemon.answer;
  return { daemon, pid, url };
}

test("Ctrl-C reaches the daemon and not the server, which outlives also kill -9 of the daemon and is adopted", async () => {
  const { daemon, pid, url } = await startDaemon();
  const client = await connect(url);
  process.kill(-Number(daemon.child.pid), "SIGINT"); // As the terminal does: to the whole group.
  expect(await daemon.lines.next()).toMatchObject({ value: "SIGINT" });
  await client.query("INSERT INTO kept VALUES (1)"); // On the connection of before: no restart either.
  await end(daemon.child);
  await client.query("INSERT INTO kept VALUES (2)");
  await client.end();
  expect(await place.start("first")).toMatchObject({ adopted: true, pid, url });
  expect((await ask(url, "TABLE kept")).rowCount).toBe(2);
});

test("kill -9 of the daemon during initdb leaves no half cluster, and the next start makes a whole one", async () => {
  const { dir } = place.optionsFor("half");
  const child = place.spawnDaemon({ dir });
  const names = () => readdir(dir).catch(() => []);
  await expect
    .poll(async () => (await names()).some((name) => name.startsWith(".initdb-")), {
      timeout: 10_000,
      interval: 10,
    })
    .toBe(true);
  await end(child);
  expect(await names()).not.toContain("data-18");
  const { stop } = await place.start("half");
  await stop();

  const [left = ""] = (await names()).filter((name) => name.startsWith(".initdb-"));
  const long = new Date(Date.now() - 3_600_000);
  await utimes(join(dir, left), long, long);
  await place.start("half");
  expect((await names()).sort()).toEqual(["data-18", "log", "password"]);
});

test("after kill -9 of daemon and server what was committed is there, and what was under way is not", async () => {
  const { daemon, pid, url } = await startDaemon();
  const client = await connect(url);
  await client.query("INSERT INTO kept VALUES (3)");
  await client.query("BEGIN; INSERT INTO kept SELECT generate_series(100, 20000)");
  await end(daemon.child);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => findPostmaster(dataDir)).toBe(undefined); // A zombie, or gone.
  const next = await place.start("first");
  expect(next).toMatchObject({ adopted: false });
  expect((await ask(next.url, "SELECT 1 FROM kept WHERE number > 3")).rowCount).toBe(0);
  expect((await ask(next.url, "SELECT 1 FROM kept WHERE number = 3")).rowCount).toBe(1);
  await client.end();
});

test("backends that outlive a killed server are waited for", async () => {
  const first = await place.start("first");
  const client = await connect(first.url);
  // Busy without looking up: such a backend learns of the server's death only when its statement has ended.
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  process.kill(rows[0].pid, "SIGSTOP");
  process.kill(first.pid, "SIGKILL");
  const messages: string[] = [];
  const next = place.start("first", {
    log: (message) => {
      messages.push(message);
      if (message === "waiting for what an earlier server left")
        process.kill(rows[0].pid, "SIGCONT");
    },
  });
  expect(await next).toMatchObject({ adopted: false });
  expect(messages).toContain("waiting for what an earlier server left");
  await client.end();
});
