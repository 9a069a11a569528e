// The whole way of a package: from the rename that drops it to the log line that says it is complete, which is written
// when its rows are committed, its books were checked and its file is deleted.
import type { StartedDaemon } from "../stage/stage.ts";
import type { Method } from "./method.ts";

export const daemonLoad: Method = {
  name: "daemon",
  onlyGoodLines: false,
  isExtrapolated: false,
  async run(stage, { original }, started) {
    return loadSpooled(started, await stage.packages.spool(original));
  },
  clientCpuSeconds: ({ daemon }) => daemon.cpuSeconds(),
};

/** Drops one package that is on disk. @returns seconds until it is complete */
export async function loadSpooled(
  { daemon, drop }: StartedDaemon,
  spooled: string,
): Promise<number> {
  const before = daemon.ends.length;
  const droppedAtMs = drop([spooled]);
  const ends = await daemon.completed(before + 1);
  const end = ends[before];
  if (end === undefined) throw new Error("no package is complete");
  return (end.atMs - droppedAtMs) / 1_000;
}
