// postmaster.pid after a crash: its pid may belong to nobody, to another program (usual in containers, where pids are
// small and the folder is kept) or to a zombie. Each is tried as the server's own account, the worst case: PostgreSQL
// takes any living process of its account for a running server.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  findPostmaster,
  removeStalePidFile,
  stopPostmaster,
} from "../../../src/database/embedded/postmaster.ts";
import { isAlive } from "../../../src/database/embedded/process-check.ts";
import { end, makePlace, ownerOf, type Place } from "./clusters.ts";

let place: Place;
let dataDir: string;
let left: string; // The file as a server leaves it that was killed.

beforeAll(async () => {
  place = await makePlace();
  const server = await place.start("first");
  ({ dataDir } = server);
  left = await readFile(join(dataDir, "postmaster.pid"), "utf8");
});
beforeEach(() => stopPostmaster({ dataDir, account: undefined }));
afterAll(() => place.remove());

async function leaveFile(pid: number): Promise<void> {
  await writeFile(join(dataDir, "postmaster.pid"), left.replace(/^\d+/, String(pid)));
}

async function another(cwd: string): Promise<ChildProcess> {
  const child = place.adopt(
    spawn("/bin/sleep", ["60"], { cwd, stdio: "ignore", ...(await ownerOf(dataDir)) }),
  );
  await once(child, "spawn");
  return child;
}

/** A zombie, and the parent that does not ask for its exit code. */
async function zombie(): Promise<number> {
  // The child ends when its parent is a program that asks for no child's end.
  const script = "sleep 0.2 & echo $!; exec sleep 60";
  const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
  const parent = place.adopt(
    spawn("/bin/sh", ["-c", script], { cwd: "/", stdio, ...(await ownerOf(dataDir)) }),
  );
  const [line] = parent.stdout === null ? [] : await once(parent.stdout, "data");
  const pid = Number(String(line));
  await expect
    .poll(() => readFile(`/proc/${pid}/stat`, "utf8"), { timeout: 10_000 })
    .toContain(") Z ");
  return pid;
}

test("another program is found out: it is left alone by a start, and by a stop", async () => {
  const sleeper = await another("/");
  const pid = Number(sleeper.pid);
  await leaveFile(pid);
  await stopPostmaster({ dataDir, account: undefined });
  expect(sleeper.signalCode).toBe(null);
  expect(isAlive(pid)).toBe(true);
  expect(await place.start("first")).toMatchObject({ adopted: false });
  expect(isAlive(pid)).toBe(true);
  await end(sleeper);
});

test("a program that is no PostgreSQL is found out even when it works in the data folder", async () => {
  const sleeper = await another(dataDir);
  await leaveFile(Number(sleeper.pid));
  expect(await place.start("first")).toMatchObject({ adopted: false });
  await end(sleeper);
});

test("a zombie is found out", async () => {
  const pid = await zombie();
  await leaveFile(pid);
  expect(isAlive(pid)).toBe(true);
  expect(await findPostmaster(dataDir)).toBe(undefined);
  expect(await place.start("first")).toMatchObject({ adopted: false });
});

test("a file whose pid is dead is left to PostgreSQL, which finds by it what an earlier server left", async () => {
  const gone = await another("/");
  await end(gone);
  await leaveFile(Number(gone.pid));
  await removeStalePidFile({ dataDir, account: undefined }, () => {});
  expect(await readFile(join(dataDir, "postmaster.pid"), "utf8")).toMatch(`${gone.pid}\n`);
  expect(await place.start("first")).toMatchObject({ adopted: false });
});

test("a file that is being written is no server yet", async () => {
  await writeFile(join(dataDir, "postmaster.pid"), "");
  expect(await findPostmaster(dataDir)).toBe(undefined);
});
