// A persister with its staging store and a claimed file in folders of its own; the test is its reader.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerRow } from "../../src/database/ledger.ts";
import { type ClaimedFile, claimedPath, claimFolder } from "../../src/folders/claimed-file.ts";
import { look } from "../../src/folders/file-identity.ts";
import { type Folders, prepareFolders } from "../../src/folders/folders.ts";
import { packageName } from "../../src/folders/package-name.ts";
import { Events } from "../../src/observability/events.ts";
import { type FaultPoints, noFaults } from "../../src/observability/fault-points.ts";
import { logPackages } from "../../src/observability/package-log.ts";
import { dataPersister, type PersisterOptions } from "../../src/persister/data-persister.ts";
import { jackalMk1 } from "../../src/satellites/jackal-mk1.ts";
import { PackageRun } from "../../src/staging/package-run.ts";
import {
  type Opening,
  StagingStore,
  stagingCapacityBytes,
} from "../../src/staging/staging-store.ts";
import type { Component } from "../../src/supervisor/component.ts";
import { filesIn } from "./daemon.ts";
import { freeThrottle } from "./free-throttle.ts";
import type { MigratedDatabase } from "./migrated-database.ts";
import { beginPackage, behind, chunkOf } from "./package-fixture.ts";
import type { RunningDatabase } from "./running-database.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

export interface PersisterFixture {
  readonly row: LedgerRow;
  readonly path: Buffer;
  readonly staging: StagingStore;
  readonly persister: Component;
  /** Says how the run begins: by default that the package is loaded. */
  open(opening?: Opening): void;
  /** Stages lines, as one chunk behind those before, as the reader would. */
  read(lines: readonly string[]): Promise<void>;
  /** Says that the file ends here. */
  end(): void;
  /** What lies in the folders, by folder. */
  files(): Promise<Record<string, string[]>>;
  remove(): Promise<void>;
}

const never = new AbortController().signal;

export async function makePersister(
  migrated: MigratedDatabase,
  { database, log }: RunningDatabase,
  options: Partial<PersisterOptions> & { readonly faults?: FaultPoints } = {},
): Promise<PersisterFixture> {
  const row = await beginPackage(migrated);
  const folder = await makeTemporaryFolder();
  const folders = await prepareFolders(join(folder.path, "files"), join(folder.path, ".data"));
  const file = await claim(folders, row);
  const events = new Events(log);
  logPackages(events, log);
  const staging = new StagingStore(stagingCapacityBytes);
  const store = staging.start();
  const persister = dataPersister(new PackageRun(file), staging, {
    database,
    log,
    events,
    folders,
    faults: noFaults,
    throttle: freeThrottle(),
    maxRejectsStored: 1_000,
    batchRows: () => 50_000,
    onComplete: "delete",
    ...options,
  });
  const typed = { ...row, satelliteType: jackalMk1.name }; // As the reader says it, before a commit has recorded it.
  let at = { line: 2, offset: 32 };
  return {
    row,
    path: claimedPath(folders, file),
    staging,
    persister,
    open: (opening = { kind: "load", row: typed, header: undefined }) => staging.open(opening),
    async read(lines) {
      const chunk = chunkOf(lines, at);
      at = behind(chunk);
      await staging.put(chunk, never);
    },
    end: () => staging.end({ kind: "end_of_file", at }),
    files: () => filesIn(folder.path),
    async remove() {
      persister.stop();
      store.stop();
      await Promise.all([persister.exited, store.exited]);
      await folder.remove();
    },
  };
}

/** Its content does not matter: nobody reads it. */
async function claim(folders: Folders, row: LedgerRow): Promise<ClaimedFile> {
  const named = { fileId: row.id, name: packageName(Buffer.from("package.json")) };
  await mkdir(claimFolder(folders, row.id));
  await writeFile(claimedPath(folders, named), "header\n");
  const found = await look(claimedPath(folders, named));
  if (found.kind !== "file") throw new Error("the claimed file is not there");
  return { ...named, fingerprint: found.fingerprint };
}
