// D14: a server that only follows another one takes no writes. It is waited for, and used once it has taken over.
import { spawn } from "node:child_process";
import { chown, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBinaries } from "../../../src/database/embedded/binaries.ts";
import { runDatabase } from "../../support/running-database.ts";
import { until } from "../../support/until.ts";
import { ask, makePlace, ownerOf, type Place } from "./clusters.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

/** Starts a cluster as the standby of a server that is nowhere. @returns its URL */
async function startStandby(): Promise<string> {
  const settings = { wal_level: "replica", hot_standby: "on" };
  const server = await place.start("standby", { settings });
  const { dataDir, port } = server;
  await server.stop();
  const signal = join(dataDir, "standby.signal");
  const { uid, gid } = await stat(dataDir);
  await writeFile(signal, "");
  await chown(signal, uid, gid);
  const { postgres } = await findBinaries();
  const arguments_ = ["-D", dataDir, "-p", `${port}`, "-c", "unix_socket_directories="];
  place.adopt(
    spawn(postgres, arguments_, { cwd: "/", stdio: "ignore", ...(await ownerOf(dataDir)) }),
  );
  return server.url;
}

test("a standby is waited for, and used after it was promoted", async () => {
  const url = await startStandby();
  await until("the standby", () =>
    ask(url, "SELECT 1").then(
      () => true,
      () => false,
    ),
  );
  const running = runDatabase(url);
  try {
    await until("the refusal", () => running.database.state.kind === "away");
    expect(running.text()).toContain("the server is a standby: it takes no writes");
    await ask(url, "SELECT pg_promote()");
    await until("the database", () => running.database.state.kind === "ready");
    expect(running.messages().filter((said) => said.includes("away"))).toHaveLength(1);
  } finally {
    await running.stop();
  }
});
