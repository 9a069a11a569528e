// Root, ordinary users, and those who may not: processes of other accounts, so all of it needs root to be tried.
import { chmod, chown, mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEmbeddedServer } from "../../../src/database/embedded/find-server.ts";
import { prepareHome } from "../../../src/database/embedded/home.ts";
import { chooseAccount } from "../../../src/database/embedded/os-account.ts";
import { findPostmaster } from "../../../src/database/embedded/postmaster.ts";
import { startEmbeddedServer } from "../../../src/database/embedded/server.ts";
import {
  asRoot,
  copyUnhydrated,
  end,
  makePlace,
  nobody,
  type Place,
  whyNotRoot,
} from "./clusters.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

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
    await place.copy("root", "user", nobody);
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

  test("in a container root may not look at other accounts' processes, and still adopts and starts again", async () => {
    const { dir } = place.optionsFor("container");
    await place.copy("root", "container");
    const server = await place.start("container");
    const prefix = ["setpriv", "--bounding-set", "-sys_ptrace"]; // What docker takes away.
    const first = await place.daemon({ dir }, { prefix });
    expect(first.answer).toMatchObject({
      adopted: true,
      pid: server.pid,
      found: { running: true },
    });
    process.kill(server.pid, "SIGKILL");
    await expect.poll(() => findPostmaster(server.dataDir)).toBe(undefined);
    const second = await place.daemon({ dir }, { prefix });
    expect(second.answer).toMatchObject({ adopted: false, found: { running: true } });
    await end(first.child);
    await end(second.child);
  });
});

describe.runIf(asRoot)(`as root with everything under a folder of mode 0700${whyNotRoot()}`, () => {
  const locked = () => join(place.folder, "locked");
  const dirOf = (name: string) => join(locked(), name, "postgres");

  beforeAll(async () => {
    await mkdir(locked(), { mode: 0o700 });
  });

  test("cluster and a copy of the programs go to the fallback folder; password and command line find it", async () => {
    const packageDir = join(locked(), "package");
    await copyUnhydrated(packageDir);
    const rootFallbackDir = join(place.folder, "fallback");
    const dir = dirOf("data");
    const messages: string[] = [];
    const log = (message: string): void => {
      messages.push(message);
    };
    const server = await place.start("", { dir, packageDir, rootFallbackDir, log });
    expect(server.dataDir).toBe(join(rootFallbackDir, "data-18"));
    expect(messages).toContain(
      "the embedded server's account cannot enter the data folder; its cluster is elsewhere",
    );
    expect(messages).toContain(
      "the embedded server cannot use its programs in node_modules; it uses a copy",
    );
    const password = (await readFile(join(dir, "password"), "utf8")).trim();
    expect(server.url).toContain(`:${password}@`);
    expect(await findEmbeddedServer(dir, rootFallbackDir)).toMatchObject({
      url: server.url,
      running: true,
    });
    expect((await readdir(rootFallbackDir)).sort()).toEqual([
      "binaries-18.4.0-beta.17",
      "data-18",
      "log",
      "password",
    ]);
    await server.stop();

    await chmod(locked(), 0o755); // The data folder could be entered now, but the data is where it is.
    const again = await place.start("", { dir, rootFallbackDir });
    await chmod(locked(), 0o700);
    expect(again).toMatchObject({ adopted: false, dataDir: server.dataDir });
    await again.stop();
  });

  test("two checkouts have two fallback folders, and each always the same", async () => {
    const homes: string[] = [];
    for (const name of ["one", "two", "one"]) {
      const options = { dir: dirOf(name), rootFallbackDir: undefined, log: () => {} };
      homes.push((await prepareHome(options)).home);
    }
    const [one = "", two = "", oneAgain] = homes;
    for (const home of [one, two]) {
      expect(home).toMatch(/^\/var\/lib\/downlink\/[0-9a-f]{16}$/);
      await rmdir(home);
    }
    await rmdir("/var/lib/downlink").catch(() => {}); // Unless a checkout of this machine uses it.
    expect(two).not.toBe(one);
    expect(oneAgain).toBe(one);
  });
});

describe.runIf(asRoot)(`as an ordinary user${whyNotRoot()}`, () => {
  test("a folder of root's is refused, with what to do", async () => {
    const { dir } = place.optionsFor("roots");
    await prepareHome({ dir, rootFallbackDir: undefined, log: () => {} });
    const { answer } = await place.daemon({ dir }, nobody);
    expect(answer).toMatchObject({
      code: "E_SETUP",
      message: expect.stringMatching(/as uid 65534 .*DOWNLINK_DATA_DIR or DATABASE_URL/),
    });
  });

  test("programs without their links in node_modules of root's are used as a copy", async () => {
    await place.copy("user", "image");
    const packageDir = join(place.folder, "package");
    await copyUnhydrated(packageDir);
    const { dir } = place.optionsFor("image");
    const { answer, child } = await place.daemon({ dir, packageDir }, nobody);
    expect(answer).toMatchObject({ adopted: false, found: { running: true } });
    expect(await readdir(dir)).toContain("binaries-18.4.0-beta.17");
    await end(child);
  });

  test("a uid without a name is refused, and told of DATABASE_URL", async () => {
    const { dir } = place.optionsFor("nameless");
    await mkdir(join(dir, ".."), { recursive: true });
    await chown(join(dir, ".."), 4321, 4321);
    const { answer } = await place.daemon({ dir }, { uid: 4321, gid: 4321 });
    expect(answer).toMatchObject({
      code: "E_SETUP",
      message: expect.stringMatching(/uid 4321 has no name.*DATABASE_URL/),
    });
  });
});

test("where a folder is to be and a file is, the start is refused", async () => {
  const dir = new URL(import.meta.url).pathname;
  await expect(startEmbeddedServer({ dir, preferredPort: 0 })).rejects.toMatchObject({
    code: "E_SETUP",
  });
});
