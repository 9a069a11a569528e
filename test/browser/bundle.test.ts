// What is sent to the browser: small, and nothing in it that the page's policy forbids.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, inject, test } from "vitest";

const mostGzippedBytes = 150_000;
const files = new Map<string, string>();

beforeAll(async () => {
  const root = join(inject("programs"), "dist", "web");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    files.set(entry.name, await readFile(join(entry.parentPath, entry.name), "utf8"));
  }
});

test("is under 150 kB, compressed", () => {
  const sizes = [...files.values()].map((text) => gzipSync(text).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(20_000);
  expect(total).toBeLessThan(mostGzippedBytes);
});

test("has no script and no style in the page, and makes no code of text", () => {
  const page = files.get("index.html") ?? "";
  expect(page).toContain("<script");
  expect(page).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
  for (const [name, text] of files) {
    if (name.endsWith(".js")) expect(text).not.toMatch(/\beval\(|new Function\(|innerHTML=`/);
  }
});

test("names no other host, and carries no library of the server's", () => {
  for (const [name, text] of files) {
    const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host);
    expect({ name, hosts: hosts.filter((host) => host !== "www.w3.org") }).toEqual({
      name,
      hosts: [],
    });
    expect(text).not.toMatch(/ZodObject|safeParse/);
  }
});
