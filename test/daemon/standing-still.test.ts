// A database that stands still: connections hold, and nothing is answered any more.
import { afterEach, beforeEach, expect, test } from "vitest";
import { httpKey } from "../../src/api/http-server.ts";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { DatabaseProxy } from "../support/database-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let proxy: DatabaseProxy;
let daemon: DaemonInProcess;

beforeEach(async () => {
  database = await createTestDatabase();
  proxy = new DatabaseProxy(database.url);
  await proxy.open();
  daemon = await startDaemonInProcess({ DATABASE_URL: proxy.url, DOWNLINK_HTTP_PORT: "0" });
});
afterEach(async () => {
  proxy.cut();
  await daemon.close();
  await proxy.close();
  await database.drop();
});

test("the status is told in time, without what only the database knows", async () => {
  const url = await until("the address", () => daemon.registry.find(httpKey)?.url);
  await fetch(`${url}/api/v1/files`).then((answer) => answer.text()); // From here on a connection is open.
  proxy.holdAnswers();
  const signal = AbortSignal.timeout(5_000); // As long as the command line waits.
  const answer = await fetch(`${url}/api/v1/status`, { signal });
  expect(await answer.json()).toMatchObject({ daemon: expect.any(String), today: null });
});
