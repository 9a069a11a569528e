// The checker is proved before it proves anything: on clean data it says nothing, and each planted fault is reported.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CheckOptions, checkAtRest, checkFinal } from "../../chaos/checker/check.ts";
import { finalInvariants } from "../../chaos/checker/final-invariants.ts";
import { defaultLimits, invariants } from "../../chaos/checker/invariants.ts";
import { runChecks } from "../../chaos/checker/tables.ts";
import type { Violation } from "../../chaos/checker/violation.ts";
import { maxLineBytes } from "../../chaos/manifest/bad-line.ts";
import { makePackage, makeRefused, plainShape } from "../../chaos/manifest/generator.ts";
import { ManifestWriter } from "../../chaos/manifest/manifest-file.ts";
import { Random } from "../../chaos/random.ts";
import { atRest } from "../support/at-rest.ts";
import { drop } from "../support/drop.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { plantedFaults } from "./planted-faults.ts";

let station: Station;
let options: CheckOptions;
let client: pg.Client;

beforeAll(async () => {
  station = await openStation();
  const manifestPath = join(station.dir, "manifest.ndjson");
  options = {
    databaseUrl: station.url,
    filesDir: join(station.dir, "files"),
    manifestPath,
    onComplete: "delete",
    limits: defaultLimits,
  };
  await load(new ManifestWriter(manifestPath));
  client = new pg.Client(station.url);
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await station?.close();
});

/** One package of each kind, loaded by the daemon. */
async function load(manifest: ManifestWriter): Promise<void> {
  const random = new Random(3);
  const packages = [
    makePackage({ ...plainShape, lines: 500, edgeShare: 0.4 }, "edges", random),
    makePackage(
      { ...plainShape, badShare: 0.5, blankShare: 0.2, lineEnd: "\r\n", hasMark: true },
      "dirty",
      random,
    ),
    makePackage({ ...plainShape, lines: 0, isEnded: false }, "header only", random),
    makePackage({ ...plainShape, lines: 50, extraReasons: ["line_too_long"] }, "too long", random),
    makeRefused("refused", random),
  ];
  const [first, ...others] = packages;
  const daemon = await station.start({ env: { DOWNLINK_MAX_LINE_BYTES: String(maxLineBytes) } });
  const all = first === undefined ? others : [first, ...others, first];
  for (const [at, made] of all.entries()) {
    manifest.drop(made, `package-${at}`);
    await drop(station.dir, `package-${at}`, made.bytes);
  }
  await station.check.ended(all.length);
  await atRest(station.dir);
  expect(await daemon.stop()).toBe(0);
}

const said = (violations: readonly Violation[]) =>
  violations.map(({ kind, check }) => ({ kind, check }));

test("a package of each kind is loaded, and the checker says nothing", async () => {
  expect(await checkFinal(options)).toEqual([]);
  expect(await checkAtRest(options)).toEqual([]);
});

describe("in the tables", () => {
  test.each(plantedFaults)("$what: $kind, by $check", async ({ sql, kind, check }) => {
    await client.query("BEGIN");
    try {
      await client.query(withoutConstraints);
      await client.query(sql);
      const found = await runChecks(client, [...invariants(defaultLimits), ...finalInvariants]);
      expect(said(found)).toContainEqual({ kind, check });
    } finally {
      await client.query("ROLLBACK");
    }
  });
});

const withoutConstraints = `DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
              WHERE contype IN ('p', 'c') AND connamespace = 'public'::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of, one.conname); END LOOP;
  DROP INDEX files_one_row_per_content;
END $$`;

describe("in the folders", () => {
  const inFolder = (...path: string[]): string => join(options.filesDir, ...path);
  const onlyIn = async (folder: string): Promise<string> => {
    const [name = ""] = (await readdir(inFolder(folder))).filter((one) => !one.startsWith("."));
    return inFolder(folder, name);
  };

  /** Plants a fault and takes it back. */
  async function found(plant: () => Promise<() => Promise<void>>): Promise<unknown[]> {
    const undo = await plant();
    return said(await checkFinal(options).finally(undo));
  }

  test("a refused package that is gone: wrongly deleted", async () => {
    const path = await onlyIn("failed");
    const bytes = await readFile(path);
    const gone = await found(async () => {
      await rm(path);
      return () => writeFile(path, bytes);
    });
    expect(gone).toContainEqual({ kind: "wrongly deleted", check: "F2" });
    expect(gone).toContainEqual({ kind: "wrongly deleted", check: "F4" });
  });

  test("an archived package that is gone: wrongly deleted", async () => {
    const path = await onlyIn("archive");
    const bytes = await readFile(path);
    const gone = await found(async () => {
      await rm(path);
      return () => writeFile(path, bytes);
    });
    expect(gone).toContainEqual({ kind: "wrongly deleted", check: "F5" });
  });

  test("a file whose row was never committed: wrongly deleted", async () => {
    const { rows } = await client.query("SELECT * FROM files WHERE status = 'duplicate'");
    const gone = await found(async () => {
      await client.query(
        "UPDATE files SET status = 'failed', error = 'x', duplicate_of = NULL, sha256 = repeat('1', 64) WHERE status = 'duplicate'",
      );
      return async () => {
        const [{ id, sha256, duplicate_of: of }] = rows;
        await client.query(
          "UPDATE files SET status = 'duplicate', error = NULL, duplicate_of = $2, sha256 = $3 WHERE id = $1",
          [id, of, sha256],
        );
      };
    });
    expect(gone).toContainEqual({ kind: "wrongly deleted", check: "F2" });
  });

  test("changed bytes: altered", async () => {
    const path = await onlyIn("failed");
    const bytes = await readFile(path);
    const changed = await found(async () => {
      await writeFile(path, `${bytes}x`);
      return () => writeFile(path, bytes);
    });
    expect(changed).toContainEqual({ kind: "altered", check: "F1" });
  });

  test("a copy that remains: left over", async () => {
    const copy = inFolder("failed", "99-copy");
    const left = await found(async () => {
      await copyFile(await onlyIn("failed"), copy);
      return () => rm(copy);
    });
    expect(left).toContainEqual({ kind: "left over", check: "F4" });
  });

  test("a claim that remains: stuck", async () => {
    const claim = inFolder("processing", "99");
    const left = await found(async () => {
      await mkdir(claim);
      await copyFile(await onlyIn("archive"), join(claim, "package"));
      return () => rm(claim, { recursive: true });
    });
    expect(left).toContainEqual({ kind: "stuck", check: "F3" });
  });

  test("and after all that, nothing", async () => {
    expect(await checkFinal(options)).toEqual([]);
  });
});

test("the checker knows nothing of the daemon's code", async () => {
  const root = new URL("../../chaos/", import.meta.url);
  for (const folder of ["checker/", "manifest/"]) {
    for (const name of await readdir(new URL(folder, root))) {
      const source = await readFile(new URL(`${folder}${name}`, root), "utf8");
      const imported = [...source.matchAll(/from "(\.[^"]+)"/g)].map(
        ([, path]) => new URL(path ?? "", new URL(folder, root)).pathname,
      );
      for (const path of imported) expect(path).toMatch(/\/chaos\/(checker|manifest|random)/);
    }
  }
});
