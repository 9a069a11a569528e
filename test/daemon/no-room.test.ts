// P28: folders without room for one more entry, for real: a file system with few inodes. Needs root, to mount it.
import { execFileSync } from "node:child_process";
import { mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot } from "../folders/unprivileged.ts";
import { filesIn, type TestDaemon } from "../support/daemon.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";

describe.runIf(isRoot)("where there is no room", () => {
  let station: Station;
  let daemon: TestDaemon;
  const at = (...names: string[]): string => join(station.dir, "files", ...names);

  beforeAll(async () => {
    station = await openStation();
    await mkdir(at());
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=4m,nr_inodes=60", "none", at()]);
    daemon = await station.start({ env: { DOWNLINK_ON_COMPLETE: "archive" } });
  });
  afterAll(async () => {
    await daemon?.stop();
    execFileSync("/bin/umount", ["--lazy", at()]);
    await station.close();
  });

  /** Takes all inodes but some. @returns what gives them back */
  async function fill(left: number): Promise<() => Promise<void>> {
    const fillers: string[] = [];
    for (;;) {
      const path = at(`filler ${fillers.length}`);
      try {
        await writeFile(path, "");
      } catch {
        break;
      }
      fillers.push(path);
    }
    for (const path of fillers.splice(0, left)) await rm(path);
    return async () => {
      for (const path of fillers) await rm(path);
    };
  }

  /** Drops a package when nothing but so many inodes are left. */
  async function dropWithLeft(left: number, name: string, bytes: Buffer | string) {
    await writeFile(at("ingest", `${name}.part`), bytes);
    const makeRoom = await fill(left);
    await rename(at("ingest", `${name}.part`), at("ingest", name));
    return makeRoom;
  }

  const claimFolder = 1;

  test("for a claim, the package waits in the inbox, which is told once, and is loaded later", async () => {
    const sample = samplePackage({ lines: 20, seed: 1 });
    const makeRoom = await dropWithLeft(0, "waiting", sample.bytes);
    const said = "package cannot be taken, trying again later";
    expect(await daemon.logged(said)).toMatchObject({ name: "waiting", err: { code: "ENOSPC" } });
    expect(await station.check.files()).toEqual([]);
    await makeRoom();
    await station.check.ended(1);
    await station.check.expectLoaded(sample);
    expect(daemon.log.filter(({ msg }) => msg === said)).toHaveLength(1);
  });

  test("in archive/, the file stays in processing/ and is archived later, and never imported again", async () => {
    await daemon.until("the first one archived", async () => {
      return (await filesIn(station.dir))["archive"]?.length === 1;
    });
    await rename(at("archive"), at("earlier archive")); // It is made when it is needed.
    const sample = samplePackage({ lines: 20, seed: 2 });
    const makeRoom = await dropWithLeft(claimFolder, "complete", sample.bytes);
    const said = "package is in the database, but its file cannot be removed";
    expect(await daemon.logged(said)).toMatchObject({ err: { code: "ENOSPC" } });
    expect(await filesIn(station.dir)).toMatchObject({ processing: ["complete"], archive: [] });
    await makeRoom();
    await daemon.until("the file in archive/", async () => {
      return (await filesIn(station.dir))["archive"]?.[0]?.endsWith("-complete");
    });
    await station.check.expectLoaded(sample);
  });

  test("of a duplicate nothing is archived: its bytes are", async () => {
    const before = (await filesIn(station.dir))["archive"];
    await writeFile(at("ingest", "again"), samplePackage({ lines: 20, seed: 2 }).bytes);
    const files = await station.check.ended(3);
    expect(files.at(-1)).toMatchObject({ name: "again", status: "duplicate" });
    await daemon.until("the end of the file", async () => {
      return (await filesIn(station.dir))["processing"]?.length === 0;
    });
    expect((await filesIn(station.dir))["archive"]).toEqual(before);
  });

  test("in failed/, a refused package stays in processing/ and is set aside later", async () => {
    await rmdir(at("failed"));
    const makeRoom = await dropWithLeft(claimFolder, "refused", "no header");
    const said = "package has failed, but its file cannot be moved to failed/";
    expect(await daemon.logged(said)).toMatchObject({ err: { code: "ENOSPC" } });
    expect(await filesIn(station.dir)).toMatchObject({ processing: ["refused"], failed: [] });
    await makeRoom();
    await daemon.until("the file in failed/", async () => {
      return (await filesIn(station.dir))["failed"]?.[0]?.endsWith("-refused");
    });
    await station.check.expectInvariants();
    expect(await filesIn(station.dir)).toMatchObject({ ingest: [], processing: [] });
  });
});
