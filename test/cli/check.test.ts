// The command `check`: it says of a package what the daemon then makes of it, and touches nothing.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CheckedPackage, checkPackage } from "../../src/cli/check/check-package.ts";
import { drop } from "../support/drop.ts";
import { badLine, goodLine } from "../support/package-fixture.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { downlink } from "./command-line.ts";

const maxLineBytes = 1_000;
let station: Station;
let dir: string;
beforeAll(async () => {
  station = await openStation();
  await station.start({ env: { DOWNLINK_MAX_LINE_BYTES: String(maxLineBytes) } });
  dir = join(station.dir, "checked");
  await mkdir(dir);
});
afterAll(() => station.close());

const environment = () => ({
  DATABASE_URL: station.url,
  DOWNLINK_MAX_LINE_BYTES: String(maxLineBytes),
});
const run = (...args: string[]) => downlink(["check", ...args], environment());

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, bytes);
  return path;
}

/** What the daemon made of the package with these bytes, in the words of `check`. */
async function madeOf(bytes: Uint8Array) {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const [file] = await station.check.query<{ id: string; check: object }>(
    `SELECT id, json_build_object('sha256', sha256, 'satelliteType', satellite_type, 'refused', error, 'sizeBytes', size_bytes,
            'totalLines', total_lines, 'importedLines', imported_lines, 'errors', errors,
            'first', extract(epoch FROM first_timestamp)::text, 'last', extract(epoch FROM last_timestamp)::text) AS check
       FROM files WHERE sha256 = $1 AND status <> 'duplicate'`,
    [sha256],
  );
  const rejects = await station.check.query(
    `SELECT line, byte_offset::int AS "byteOffset", reason, detail FROM rejected_lines WHERE file_id = $1 ORDER BY line`,
    [file?.id],
  );
  return { ...file?.check, rejects };
}

/** The same of what `check` says. Times by the server's reading of them. */
async function saidOf({
  path: _,
  reasons,
  firstTimestamp,
  lastTimestamp,
  ...said
}: CheckedPackage) {
  const [times] = await station.check.query(
    `SELECT extract(epoch FROM $1::timestamptz)::text AS first, extract(epoch FROM $2::timestamptz)::text AS last`,
    [firstTimestamp, lastTimestamp],
  );
  expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(said.errors);
  return { ...said, ...times };
}

const text = (value: string) => Buffer.from(value);
const line = fc.oneof(
  { weight: 5, arbitrary: fc.double().map((velocity) => text(goodLine({ velocity }))) },
  fc.date({ noInvalidDate: true }).map((day) => text(goodLine({ timestamp: day.toISOString() }))),
  fc.double({ min: -200, max: 200, noNaN: true }).map((latitude) => text(goodLine({ latitude }))),
  fc.json().map((json) => text(json)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 900, max: 9_000 }).map((count) => text("x".repeat(count))),
  fc.integer({ min: 900, max: 9_000 }).map((count) => text(" ".repeat(count))),
  fc.constantFrom(badLine, "", "\t ", goodLine({ instrument1: "\0" })).map(text),
);
const header = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.nat().map((seed) => `{"satellite_type":"jackal_mk1","seed":${seed}}`),
  },
  fc.json(),
  fc.constantFrom("", '{"satellite_type":"jackal_mk1","x":1e999}', " ", "\ufeff{}"),
);
const anyPackage = fc
  .tuple(header, fc.constantFrom("\n", "\r\n"), fc.array(line, { maxLength: 40 }), fc.boolean())
  .map(([first, end, lines, isEnded]) => {
    const parts = [text(first), ...lines].flatMap((part) => [part, text(end)]);
    return Buffer.concat(isEnded ? parts : parts.slice(0, -1));
  });

describe("what check says is what the daemon makes of it", () => {
  test("of any packages", async () => {
    const packages = new Map(
      fc
        .sample(anyPackage, { numRuns: 100, seed: 5 })
        .map((bytes) => [bytes.toString("hex"), bytes]),
    );
    const before = (await station.check.files()).length;
    let at = 0;
    for (const bytes of packages.values()) await drop(station.dir, `any-${at++}.ndjson`, bytes);
    await station.check.ended(before + packages.size, 90_000);
    for (const bytes of packages.values()) {
      const path = await put("any.ndjson", bytes);
      const said = await checkPackage(path, { maxLineBytes, mostNamed: 1_000 });
      if ("problem" in said) throw new Error(said.problem);
      expect(await saidOf(said), bytes.toString("latin1")).toEqual(await madeOf(bytes));
    }
  }, 120_000);

  test("of a large one with bad lines of every kind", async () => {
    const path = join(dir, "large.ndjson");
    await downlink(
      ["simulate", "--satellite", "jackal_mk2", "--lines", "20000", "--bad", "0.1", "--out", path],
      {},
    );
    const said = await checkPackage(path, { maxLineBytes, mostNamed: 20_000 });
    if ("problem" in said) throw new Error(said.problem);
    const bytes = await readFile(path);
    const before = (await station.check.files()).length;
    await drop(station.dir, "large.ndjson", bytes);
    await station.check.ended(before + 1);
    expect(said.errors).toBeGreaterThan(1_900);
    expect(await saidOf(said)).toEqual(await madeOf(bytes));
  });
});

describe("the answer", () => {
  test("names bytes that the database knows, and is no failure", async () => {
    const { bytes } = samplePackage({ lines: 3, seed: 50 });
    const before = (await station.check.files()).length;
    await drop(station.dir, "first.ndjson", bytes);
    const id = (await station.check.ended(before + 1)).at(-1)?.id;
    const path = await put("again.ndjson", bytes);
    const { exitCode, stdout } = await run(path);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("all 3 lines good");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `known: those of package ${id}, first.ndjson, which is complete: this one would be a duplicate`,
    );
    const [{ known }] = JSON.parse((await run("--json", path)).stdout);
    expect(known).toEqual({ id, name: "first.ndjson", status: "complete", error: null });
  });

  test("says that a package failed before, and why", async () => {
    const before = (await station.check.files()).length;
    await drop(station.dir, "no.ndjson", "no header at all\n");
    await station.check.ended(before + 1);
    const { exitCode, stdout } = await run(await put("no.ndjson", "no header at all\n"));
    expect(exitCode).toBe(1);
    expect(stdout).toContain("refused: The first line is not a header");
    expect(stdout).toContain("which has failed");
  });

  test("is there without a database, and says that it was not asked", async () => {
    const path = await put("good.ndjson", samplePackage({ lines: 2, seed: 51 }).bytes);
    const outcome = await downlink(["check", path], { DOWNLINK_DATA_DIR: join(dir, "none") });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(outcome.stdout).toContain("not looked up, the database was not reached");
  });

  test("counts all rejected lines, names the first, and exits with 1", async () => {
    const lines = Array.from({ length: 20 }, (_, at) =>
      goodLine(at % 4 === 1 ? { latitude: 91 } : {}),
    );
    const text = ['{"satellite_type":"jackal_mk1"}', "{", "", ...lines, ""].join("\n");
    const path = await put("bad.ndjson", text);
    const { exitCode, stdout, stderr } = await run("--rejects", "3", path);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout.replace(path, "bad.ndjson")).toMatchInlineSnapshot(`
      "bad.ndjson
        result     15 of 21 lines good, 6 rejected
        satellite  jackal_mk1
        data time  2023-12-26 09:34:27–09:34:27 UTC
        size       3.15 kB
        bytes      new to the database
        reasons    5  out_of_range
                   1  invalid_json
        rejected   line  byte  reason        detail
                      2    32  invalid_json  the object is not closed
                      5   192  out_of_range  latitude
                      9   816  out_of_range  latitude
                   and 3 more
      "
    `);
    const [record] = JSON.parse((await run("--json", "--rejects", "1", path)).stdout);
    expect(record).toMatchObject({
      ok: false,
      total_lines: 21,
      imported_lines: 15,
      errors: 6,
      reasons: { out_of_range: 5, invalid_json: 1 },
      rejects: [{ line: 2, byte_offset: 32, reason: "invalid_json" }],
      first_timestamp: "2023-12-26T09:34:27.602982Z",
      known: null,
    });
  });

  test("says that the file would be kept when a rejected line could not be stored whole", async () => {
    const long = "x".repeat(maxLineBytes + 1);
    const path = await put("long.ndjson", `{"satellite_type":"jackal_mk1"}\n${long}\n${badLine}\n`);
    const outcome = await downlink(["check", path], {
      ...environment(),
      DOWNLINK_MAX_REJECTS_STORED: "1",
    });
    const shown = outcome.stdout.replaceAll(/\s+/g, " ");
    expect(shown).toContain(
      "only the first 1 rejected lines would be stored, and a line that is too long would be stored by its beginning: the file would be kept in archive/",
    );
  });

  test("of one that is no package keeps no other from being checked", async () => {
    const good = await put("\u001b[31mgood\n", samplePackage({ lines: 1, seed: 52 }).bytes);
    const link = join(dir, "link");
    await symlink(good, link);
    const { exitCode, stdout } = await run(join(dir, "nothing"), link, dir, good);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("there is no such file");
    expect(stdout.match(/it would be left alone/g)).toHaveLength(2);
    expect(stdout).toContain("\\u001b[31mgood\\u000a");
    expect(stdout).toContain("all 1 line good");
    expect(stdout).toContain("4 packages: 1 all good, 0 with rejected lines, 3 not to be loaded");
  });

  test("shows a name escaped too where the system's own words have it", async () => {
    const { exitCode, stdout } = await run(join(dir, `\u001b[31m${"n".repeat(300)}`));
    expect(exitCode).toBe(1);
    expect(stdout).toContain("ENAMETOOLONG");
    expect(stdout).not.toContain("\u001b");
  });

  test("leaves the file as it was", async () => {
    const path = await put("same.ndjson", samplePackage({ lines: 2, seed: 53 }).bytes);
    const state = async () => {
      const { ino, size, mode, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
      return { ino, size, mode, mtimeNs, ctimeNs, names: await readdir(dir) };
    };
    const before = await state();
    await run(path);
    expect(await state()).toEqual(before);
  });
});
