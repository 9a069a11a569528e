// The command `database-url` as a process: before, while and after the embedded server runs.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startEmbeddedServer } from "../../src/database/embedded/server.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { downlink } from "./command-line.ts";

let folder: TemporaryFolder;
let server: EmbeddedServer | undefined;
beforeAll(async () => {
  folder = await makeTemporaryFolder();
});
afterAll(async () => {
  await server?.stop();
  await folder.remove();
});

const run = () => downlink(["database-url"], { DOWNLINK_DATA_DIR: folder.path });

test("a URL that was given is printed as it is, running or not", async () => {
  const url = "postgres://me:p%40ss@db.example:5433/telemetry?sslmode=require";
  const outcome = await downlink(["database-url"], { DATABASE_URL: url });
  expect(outcome).toEqual({ exitCode: 0, signal: null, stdout: `${url}\n`, stderr: "" });
  const { stdout } = await downlink(["database-url", "--json"], { DATABASE_URL: url });
  expect(JSON.parse(stdout)).toEqual({ url, running: true });
});

test("the embedded server's: none yet, then while it runs, then as it was last", async () => {
  expect(await run()).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: "downlink: there is no database yet: start the daemon once with npm start\n",
  });
  const dir = join(folder.path, "postgres");
  server = await startEmbeddedServer({ dir, preferredPort: 0, durable: false });
  const running = { exitCode: 0, signal: null, stdout: `${server.url}\n`, stderr: "" };
  expect(await run()).toEqual(running);
  await server.stop();
  const stderr = "downlink: the embedded server is not running; start it with npm start\n";
  expect(await run()).toEqual({ ...running, stderr });
});
