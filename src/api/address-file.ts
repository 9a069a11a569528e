// Tells the command line where the daemon answers: <data dir>/http.json, while it does. A convenience: that it cannot be
// written is logged, and stops nothing.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../observability/log.ts";

const nameOf = (dataDir: string): string => join(dataDir, "http.json");

export async function tellAddress(dataDir: string, url: string, log: Log): Promise<void> {
  const path = nameOf(dataDir);
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o750 });
    await writeFile(draft, `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o640 });
    await rename(draft, path);
  } catch (err) {
    log.warn(
      { err, path },
      "the HTTP address cannot be written down: the command line must be told",
    );
  }
}

/** Of several daemons with one data folder, the file is the last one's. */
export async function forgetAddress(dataDir: string, url: string): Promise<void> {
  const text = await readFile(nameOf(dataDir), "utf8").catch(() => "");
  if (text.includes(JSON.stringify(url))) await rm(nameOf(dataDir), { force: true });
}
