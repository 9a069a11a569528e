// What the command line learns of the server without starting one.
import { afterAll, beforeAll, expect, test } from "vitest";
import { findEmbeddedServer } from "../../../src/database/embedded/find-server.ts";
import { makePlace, type Place } from "./clusters.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

test("nothing where there is no cluster, and nothing is made by looking", async () => {
  const { dir } = place.optionsFor("nowhere");
  expect(await findEmbeddedServer(dir)).toBe(undefined);
  expect(await findEmbeddedServer(dir)).toBe(undefined);
});

test("URL and port of the server that runs; when it does not, those it had last", async () => {
  const { dir } = place.optionsFor("first");
  const server = await place.start("first");
  const { url, port, pid } = server;
  expect(await findEmbeddedServer(dir)).toEqual({ url, port, running: true });
  await server.stop();
  expect(await findEmbeddedServer(dir)).toEqual({ url, port, running: false });
  const next = await place.start("first", { preferredPort: port });
  expect(next.pid).not.toBe(pid);
  process.kill(next.pid, "SIGKILL");
  await expect.poll(() => findEmbeddedServer(dir)).toEqual({ url, port, running: false });
});
