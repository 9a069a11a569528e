// The hash of a file is that of all its bytes, however many pieces they are read in.
import { createHash, randomBytes } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sha256Of } from "../../src/folders/sha256.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

const piece = 256 * 1024;

async function opened(bytes: Buffer) {
  const folder = await makeTemporaryFolder();
  await writeFile(join(folder.path, "x"), bytes);
  const handle = await open(join(folder.path, "x"));
  onTestFinished(async () => {
    await handle.close();
    await folder.remove();
  });
  return handle;
}

test.each([0, 1, piece - 1, piece, piece + 1, 3 * piece + 7])("of %i bytes", async (length) => {
  const bytes = randomBytes(length);
  const expected = createHash("sha256").update(bytes).digest("hex");
  const handle = await opened(bytes);
  expect(await sha256Of(handle)).toBe(expected);
  expect(await sha256Of(handle)).toBe(expected); // From the beginning, wherever the handle stands.
});

test("ends with the signal's reason", async () => {
  const reason = new Error("stopping");
  const handle = await opened(Buffer.alloc(10));
  await expect(sha256Of(handle, AbortSignal.abort(reason))).rejects.toBe(reason);
});
