// Without the rights of root, which no mode stops. Who runs the tests as another account has none to give up.
import { chmod } from "node:fs/promises";
import type { Folders } from "../../src/folders/folders.ts";

export const isRoot = process.getuid?.() === 0;
if (!isRoot) {
  process.stderr.write(
    "NOT TESTED without root: folders and files that belong to another account\n",
  );
}

/** An account that owns nothing: nobody. */
const uid = 65_534;

/** What `step` may do is what its account may. For the whole process: nothing else should go on meanwhile. */
export async function unprivileged<Result>(step: () => Promise<Result>): Promise<Result> {
  if (!isRoot) return step();
  process.seteuid?.(uid);
  try {
    return await step();
  } finally {
    process.seteuid?.(0);
  }
}

/** The way back, inside of `unprivileged`. */
export async function privileged<Result>(step: () => Promise<Result>): Promise<Result> {
  if (!isRoot) return step();
  process.seteuid?.(0);
  try {
    return await step();
  } finally {
    process.seteuid?.(uid);
  }
}

/** As if the account of `unprivileged` had made the folders. */
export async function openToAll(folders: Folders): Promise<void> {
  const { ingest, processing, failed } = folders;
  await chmod(`${ingest}/..`, 0o755);
  for (const path of [ingest, processing, failed]) await chmod(path, 0o777);
}
