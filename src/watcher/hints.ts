// Events of the file system, by chokidar: hints that shorten the wait for the next scan, and never the truth. They can
// be missed (limits, network file systems, names that are no UTF-8, a folder deleted and made again), and what they
// say may be old. A watcher that fails is told once, and the scans go on.
import { basename } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Log } from "../observability/log.ts";

/** Names kept for the next look; beyond it a scan finds the rest. */
const maxNames = 1_000;

export interface Hints {
  /** The names announced since the last call. */
  drain(): string[];
  close(): Promise<void>;
}

/** Begins to watch. @param onHint called when there is something to look at */
export type WatchFolder = (folder: string, log: Log, onHint: () => void) => Hints;

export const watchFolder: WatchFolder = (folder, log, onHint) => {
  const names = new Set<string>();
  const take = (path: string): void => {
    if (names.size < maxNames) names.add(basename(path));
    onHint();
  };
  const watcher: FSWatcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    atomic: false, // Otherwise a file deleted and made again would be announced as a change, or not at all.
    followSymlinks: false,
  });
  watcher.on("add", take);
  watcher.on("change", take);
  let told = false;
  watcher.on("error", (err) => {
    if (!told)
      log.warn({ err, folder }, "no file system events, packages are found by scans alone");
    told = true;
  });
  return {
    drain() {
      const drained = [...names];
      names.clear();
      return drained;
    },
    close: () => watcher.close(),
  };
};
