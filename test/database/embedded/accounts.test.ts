// Root, ordinary users, and those who may not: processes of other accounts, so all of it needs root to be tried.
import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installedPackage } from "../../../src/database/embedded/binaries.ts";
import { findEmbeddedServer } from "../../../src/database/embedded/find-server.ts";
import { prepareHome } from "../../../src/database/embedded/home.ts";
import { chooseAccount } from "../../../src/database/embedded/os-account.ts";
import { startEmbeddedServer } from "../../../src/database/embedded/server.ts";
import { ask, asRoot, end, makePlace, type Place, whyNotRoot } from "./clusters.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const nobody = { uid: 65_534, gid: 65_534 };
const uidOf = async (pid: number) => (await stat(`/proc/${pid}`)).uid;

describe.runIf(asRoot)(`as root${whyNotRoot()}`, () => {
  test("the server runs as an account that exists, which owns cluster and log alone", async () => {
    const account = chooseAccount(await readFile("/etc/passwd", "utf8"));
    const server = await place.start("root");
    expect(await uidOf(server.pid)).toBe(account.uid);
    const { dir } = place.optionsFor("root");
    const owners = await Promise.all(
      [".", "password", "data-18", "log"].map(async (name) => (await stat(join(dir, name))).uid),
    );
    expect(owners).toEqual([0, 0, account.uid, account.uid]);
    await server.stop();
  });

  test("a cluster of an ordinary user is run as that user", async () => {
    const { dir } = place.optionsFor("user");
    await mkdir(join(dir, ".."), { recursive: true });
    await chown(join(dir, ".."), nobody.uid, nobody.gid);
    const daemon = await place.daemon({ dir }, nobody);
    expect(daemon.answer).toMatchObject({ adopted: false });
    const before = await findEmbeddedServer(dir);
    await end(daemon.child);
    const adopted = await place.start("user");
    expect(adopted).toMatchObject({ adopted: true, url: before?.url });
    await adopted.stop();
    const started = await place.start("user");
    expect(await uidOf(started.pid)).toBe(nobody.uid);
    await started.stop();
  });
