// What of the daemon's state a scrape of its metrics reads, from the components as they are at that moment.
import type { StatsFs } from "node:fs";
import { readdir, statfs } from "node:fs/promises";
import type { Folders } from "./folders/folders.ts";
import type { Events } from "./observability/events.ts";
import { metricsOf } from "./observability/metrics.ts";
import type { Exposition, Reading } from "./observability/prometheus.ts";
import { fileParsersKey, stagingKey, throttleKey } from "./parsers/parts.ts";
import { throttleReasons } from "./persister/throttle-controller.ts";
import type { Registry } from "./registry/registry.ts";
import { rejectionReasons } from "./satellites/satellite.ts";
import { intakeKey } from "./tree.ts";

export interface Sources {
  readonly events: Events;
  readonly registry: Registry;
  readonly folders: Folders;
  readonly dataDir: string;
}

/** Ids of components, up to a colon: what supervisors may restart. */
export const componentKinds = [
  "database",
  "settings",
  "throttle",
  "parse-workers",
  "file-parsers",
  "data-staging",
  "data-persister",
  "file-reader",
  "intake",
  "file-system-watcher",
  "outside",
  "http",
] as const;

/** To be called before the tree is started. @returns what answers a scrape */
export function daemonMetrics(sources: Sources): () => Promise<Exposition> {
  return metricsOf({
    events: sources.events,
    readings: [
      ...readingsOfQueues(sources),
      ...readingsOfThrottle(sources),
      ...readingsOfFolders(sources),
    ],
    rejectionReasons,
    components: componentKinds,
  });
}

function readingsOfQueues({ registry }: Sources): readonly Reading[] {
  return [
    {
      name: "downlink_packages_loading",
      help: "Packages that are being loaded.",
      read: () => registry.get(intakeKey).load.loading,
    },
    {
      name: "downlink_queue_length",
      help: "What waits. claim: files for being claimed and hashed, load: packages for a place, commit: batches for their turn.",
      label: "queue",
      read: () => {
        const { claims, places } = registry.get(intakeKey).load;
        return { claim: claims, load: places, commit: registry.get(throttleKey).throttle.waiting };
      },
    },
    {
      name: "downlink_staging_bytes",
      help: "Memory of the lines that were read and are not yet committed.",
      read: () => stagedBytes(registry),
    },
  ];
}

function readingsOfThrottle({ registry }: Sources): readonly Reading[] {
  const inForce = () => registry.get(throttleKey).throttle.inForce;
  return [
    {
      name: "downlink_throttle_rows_per_second",
      help: "Rows a second that the throttle lets through; +Inf without a ceiling.",
      read: () => inForce().rowsPerSecond ?? Number.POSITIVE_INFINITY,
    },
    {
      name: "downlink_throttle_pause_seconds",
      help: "Pause that the throttle makes between two transactions.",
      read: () => inForce().pauseMs / 1_000,
    },
    {
      name: "downlink_throttle_share",
      help: "Share of its time that the adaptive throttle works beside other users of the database; 1 is full speed.",
      read: () => registry.get(throttleKey).decision.share,
    },
    {
      name: "downlink_throttle_reason",
      help: "1 for the reason of that share, 0 for the others.",
      label: "reason",
      read: () => {
        const { reason } = registry.get(throttleKey).decision;
        const known = Object.entries(throttleReasons);
        return Object.fromEntries(known.map(([code, text]) => [code, text === reason ? 1 : 0]));
      },
    },
  ];
}

async function stagedBytes(registry: Registry): Promise<number> {
  const packages = await registry.get(fileParsersKey).children();
  const stores = packages.map(({ id }) => registry.find(stagingKey(id.slice(id.indexOf(":") + 1))));
  return stores.reduce((sum, store) => sum + (store?.stagedBytes ?? 0), 0);
}

function readingsOfFolders({ folders, dataDir }: Sources): readonly Reading[] {
  const disks = { packages: folders.ingest, data: dataDir };
  return [
    {
      name: "downlink_failed_files",
      help: "Packages in failed/ that wait for a person.",
      read: async () => (await readdir(folders.failed)).length,
    },
    {
      name: "downlink_disk_free_bytes",
      help: "Room that is left on the file system of the packages, and of the data folder (embedded server).",
      label: "folder",
      read: () => ofDisks(disks, ({ bavail, bsize }) => bavail * bsize),
    },
    {
      name: "downlink_disk_size_bytes",
      help: "Size of the file system of the packages, and of the data folder (embedded server).",
      label: "folder",
      read: () => ofDisks(disks, ({ blocks, bsize }) => blocks * bsize),
    },
  ];
}

/** A folder that is not there, as the data folder beside a server of its own, is left out. */
async function ofDisks(
  disks: Readonly<Record<string, string>>,
  figure: (disk: StatsFs) => number,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, path] of Object.entries(disks)) {
    const disk = await statfs(path).catch(() => undefined);
    if (disk !== undefined) found[name] = figure(disk);
  }
  return found;
}
