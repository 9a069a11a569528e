// A package sent over HTTP is as safe as one that is dropped: whole or not there, over nothing, in little memory.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeAbandoned } from "../../src/api/upload.ts";
import { samplePackage } from "../support/sample-package.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";
import { type ApiStation, openApiStation } from "./api-station.ts";
import { open } from "./raw-http.ts";

let station: ApiStation;
let ingest: string;
beforeAll(async () => {
  station = await openApiStation();
  ingest = join(station.dir, "files", "ingest");
});
afterAll(() => station.close());

const upload = (name: string, body: Uint8Array | string | ReadableStream): Promise<Response> => {
  const url = `${station.http}/api/v1/packages?name=${encodeURIComponent(name)}`;
  return fetch(url, { method: "POST", body, duplex: "half" });
};

test("a package is taken up, whatever media type it is sent as", async () => {
  const { bytes, sha256, rows } = samplePackage({ lines: 100, seed: 7 });
  const response = await upload("uploaded.ndjson", bytes);
  expect(response.status).toBe(201);
  const sizeBytes = bytes.length;
  expect(await response.json()).toEqual({ name: "uploaded.ndjson", sizeBytes, sha256 });
  const line = await station.daemon.logged("package complete");
  expect(line).toMatchObject({ name: "uploaded.ndjson", importedLines: rows.length });
});

describe("a name is refused that", () => {
  test.each([
    ["leads elsewhere", "../escaped"],
    ["leads elsewhere from the root", "/etc/passwd"],
    ["is the folder", "."],
    ["is hidden", ".hidden"],
    ["is one of an unfinished file", "half.part"],
    ["no file can have", "nul\0nul"],
    ["is too long", "x".repeat(256)],
    ["is too long in bytes", "ü".repeat(128)],
    ["is empty", ""],
  ])("%s", async (_, name) => {
    const response = await upload(name, "x\n");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: expect.stringMatching(/^invalid_(name|request)$/),
    });
    expect(await readdir(ingest)).toEqual([]);
  });
});

test("what lies in the inbox is not overwritten", async () => {
  await mkdir(join(ingest, "taken")); // A folder: the watcher leaves it there.
  const response = await upload("taken", "x\n");
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: "name_taken" });
  expect(await readdir(ingest)).toEqual(["taken"]);
});

describe("an upload that is cut off leaves nothing", () => {
  test.each([
    ["of a known size", "Content-Length: 100000000", "x".repeat(100_000)],
    ["of an unknown size", "Transfer-Encoding: chunked", `186a0\r\n${"x".repeat(100_000)}\r\n`],
  ])("%s", async (_, header, bytes) => {
    const socket = await open(station.http);
    socket.write(`POST /api/v1/packages?name=cut HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
    socket.write(bytes);
    const hidden = await until("the hidden file with its bytes", async () => {
      const found = (await readdir(ingest)).find((name) => name.startsWith(".upload-"));
      if (found === undefined) return undefined;
      return (await stat(join(ingest, found))).size >= 100_000 && found;
    });
    expect((await stat(join(ingest, hidden))).mode & 0o777 & ~0o640).toBe(0);
    socket.destroy();
    await until("an inbox with nothing of it", async () => {
      const names = await readdir(ingest);
      return names.every((name) => name === "taken");
    });
    expect((await fetch(`${station.http}/healthz`)).status).toBe(200);
  });
});

test("a package whose hidden file is taken away before its end is not said to have arrived", async () => {
  let give = (_bytes: string): void => {};
  let end = (): void => {};
  const body = new ReadableStream({
    start(controller) {
      give = (bytes) => controller.enqueue(Buffer.from(bytes));
      end = () => controller.close();
    },
  });
  const answer = upload("lost.ndjson", body);
  give("abc");
  const hidden = await until("the hidden file", async () => {
    return (await readdir(ingest)).find((name) => name.startsWith(".upload-"));
  });
  await unlink(join(ingest, hidden));
  end();
  const response = await answer;
  expect([response.status, await response.json()]).toEqual([
    409,
    expect.objectContaining({ code: "upload_lost" }),
  ]);
});

test("what a daemon that was killed amid an upload has left is removed by the next, not what is new", async () => {
  const folder = await makeTemporaryFolder();
  const old = join(folder.path, ".upload-1.part");
  for (const path of [old, join(folder.path, ".upload-2.part")]) await writeFile(path, "x");
  await writeFile(join(folder.path, "package"), "x");
  const longAgo = Date.now() / 1_000 - 7_200;
  await utimes(old, longAgo, longAgo);
  await utimes(join(folder.path, "package"), longAgo, longAgo);
  await removeAbandoned(folder.path);
  expect(await readdir(folder.path)).toEqual([".upload-2.part", "package"]);
  await folder.remove();
});

const megabyte = 2 ** 20;
const isLinux = process.platform === "linux";

test.runIf(isLinux)("128 MiB pass through in far less memory", async () => {
  const { pid } = station.daemon.process;
  const rssBytes = async (): Promise<number> => {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
  };
  const chunk = Buffer.alloc(megabyte, "no header\n");
  const hash = createHash("sha256");
  let left = 128;
  const body = new ReadableStream({
    pull(controller) {
      if (left-- === 0) return controller.close();
      hash.update(chunk);
      controller.enqueue(chunk);
    },
  });
  const before = await rssBytes();
  const response = await upload("large", body);
  const grown = (await rssBytes()) - before;
  expect(await response.json()).toMatchObject({
    sizeBytes: 128 * megabyte,
    sha256: hash.digest("hex"),
  });
  expect(grown).toBeLessThan(80 * megabyte);
});
