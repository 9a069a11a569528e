// The tree of one package: the parts that load it, their limits, and how they find each other. It is started when
// intake has a package to load, and ends with it.
import { dataPersister, type PersisterOptions } from "../persister/data-persister.ts";
import type { Registry } from "../registry/registry.ts";
import type { PackageRun } from "../staging/package-run.ts";
import { StagingStore, stagingCapacityBytes } from "../staging/staging-store.ts";
import type { ChildSpec, SupervisorSpec } from "../supervisor/child-spec.ts";
import { systemClock } from "../supervisor/clock.ts";
import type { ReportFunction } from "../supervisor/report.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import { fileReader, type ReaderOptions } from "./file-reader.ts";
import { parsePoolKey, stagingKey } from "./parts.ts";

export interface FileParserOptions extends PersisterOptions, Omit<ReaderOptions, "parsePool"> {
  readonly registry: Registry;
  readonly report: ReportFunction;
}

export const fileParserId = (fileId: number): string => `file-parser:${fileId}`;

/** A package as a child of file-parsers. Temporary: another try is intake's decision, so that it never wears its supervisor out. */
export function fileParser(run: PackageRun, options: FileParserOptions): ChildSpec {
  const { report } = options;
  return {
    id: fileParserId(run.file.fileId),
    type: "supervisor",
    restart: "temporary",
    start: () => startSupervisor(packageTree(run, options), { clock: systemClock, report }),
  };
}

/**
 * One package, from file to database. Each part finds those it needs already running; a stop goes backwards, the
 * reader first. one_for_all, since the three share the memory of one run: beside an old reader, a new persister would
 * miss lines. After any crash all start anew from the ledger.
 */
export function packageTree(run: PackageRun, options: FileParserOptions): SupervisorSpec {
  const { registry } = options;
  const { fileId } = run.file;
  return {
    id: fileParserId(fileId),
    strategy: "one_for_all",
    maxRestarts: 3,
    maxSeconds: 30,
    autoShutdown: "any_significant", // The persister's normal end is the package's end.
    children: [
      {
        id: `data-staging:${fileId}`,
        shutdownMs: 250,
        start: async () => {
          const store = new StagingStore(stagingCapacityBytes);
          const component = store.start();
          registry.register(stagingKey(fileId), component, store);
          return component;
        },
      },
      {
        id: `data-persister:${fileId}`,
        restart: "transient",
        significant: true,
        shutdownMs: 4_000, // To commit the batch in hand; else the server rolls it back.
        start: async () => dataPersister(run, registry.get(stagingKey(fileId)), options),
      },
      {
        id: `file-reader:${fileId}`,
        restart: "transient",
        shutdownMs: 500,
        start: async () => {
          const parsePool = registry.get(parsePoolKey);
          return fileReader(run, registry.get(stagingKey(fileId)), { ...options, parsePool });
        },
      },
    ],
  };
}
