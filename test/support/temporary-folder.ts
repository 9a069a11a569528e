// A folder for one test or one run, which is gone afterwards. It removes files only: whoever starts a process in it
// stops that first.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes a folder that every account can enter: as root the tests' server runs as another one. */
export async function makeTemporaryFolder(prefix = "downlink-test-"): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
