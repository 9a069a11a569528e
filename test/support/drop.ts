// Drops a package into a daemon's inbox as a good ground station does: written beside, then renamed in.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export async function drop(dir: string, name: string, bytes: Uint8Array | string): Promise<void> {
  const inbox = join(dir, "files", "ingest");
  await mkdir(inbox, { recursive: true });
  const part = join(inbox, `${name}.part`);
  await writeFile(part, bytes);
  await rename(part, join(inbox, name));
}
