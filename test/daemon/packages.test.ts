// What becomes of packages, from the inbox to the tables: loaded, refused, duplicate, taken up again.
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesIn } from "../support/daemon.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { until } from "../support/until.ts";

let station: Station;

beforeAll(async () => {
  station = await openStation();
  await station.start({ env: { DOWNLINK_BATCH_ROWS: "400" } });
});

afterAll(() => station.close());

/** Drops a package and waits for its end, its file's too. @returns its row */
async function load(name: string, bytes: Uint8Array | string) {
  const before = (await station.check.files().catch(() => [])).length;
  await drop(station.dir, name, bytes);
  const row = (await station.check.ended(before + 1)).at(-1);
  await expect
    .poll(() => filesIn(station.dir), { timeout: 20_000 })
    .toMatchObject({ processing: [] });
  return row;
}

describe("a package is loaded", () => {
  test.each([
    ["jackal_mk1", 1_000],
    ["jackal_mk2", 1_000],
  ] as const)(
    "%s: every line with every digit, and the file is gone",
    async (satelliteType, lines) => {
      const sample = samplePackage({ satelliteType, lines, seed: 1 });
      const row = await load(`${satelliteType}.json`, sample.bytes);
      expect(row).toMatchObject({
        name: `${satelliteType}.json`,
        satellite_type: satelliteType,
        owner: null,
      });
      await station.check.expectLoaded(sample);
      expect(await filesIn(station.dir)).toEqual({
        ingest: [],
        processing: [],
        failed: [],
        archive: [],
      });
    },
  );

  test("rejected lines are kept with place, bytes and reason", async () => {
    const sample = samplePackage({ lines: 90, badEvery: 30, seed: 2 });
    await load("with-bad-lines", sample.bytes);
    await station.check.expectLoaded(sample);
    const rejected = await station.check.query<{
      byte_offset: string;
      reason: string;
      detail: string;
      raw: Buffer;
    }>(
      `SELECT r.* FROM rejected_lines r JOIN files f ON f.id = r.file_id WHERE f.sha256 = $1 ORDER BY line`,
      [sample.sha256],
    );
    for (const { byte_offset, reason, detail, raw } of rejected) {
      const begin = Number(byte_offset);
      expect(sample.bytes.subarray(begin, begin + raw.length)).toEqual(raw);
      expect(sample.bytes[begin + raw.length]).toBe(0x0a);
      expect({ reason, detail }).toEqual({ reason: "out_of_range", detail: "latitude" });
    }
    expect(rejected).toHaveLength(3);
  });

  test("a header alone is complete with no line", async () => {
    const row = await load("header-only", '{"satellite_type":"jackal_mk1"}');
    expect(row).toMatchObject({ status: "complete", total_lines: 0, error: null });
  });
});

test("C37: a package of nothing but bad lines is complete, and its books say so", async () => {
  const row = await load(
    "all-bad",
    `{"satellite_type":"jackal_mk1","n":37}\n${"no JSON\n".repeat(500)}`,
  );
  expect(row).toMatchObject({
    status: "complete",
    total_lines: 500,
    imported_lines: 0,
    errors: 500,
  });
});

test("C38: lines that are repeated are imported again", async () => {
  const text = samplePackage({ lines: 1, seed: 38 }).bytes.toString();
  const [header, line] = text.split("\n");
  const row = await load("repeated", [header, line, line, line].join("\n"));
  expect(row).toMatchObject({ status: "complete", imported_lines: 3 });
});

test("F10: packages that differ in one character of one line are two packages", async () => {
  const { bytes } = samplePackage({ lines: 5, seed: 10 });
  const other = Buffer.from(bytes.toString().replace("step 4", "step X"));
  expect(other.length).toBe(bytes.length);
  const rows = [await load("one", bytes), await load("two", other)];
  expect(rows.map((row) => row?.status)).toEqual(["complete", "complete"]);
});

describe("a package is refused by its header", () => {
  test.each([
    ["an empty file", "", /empty/],
    ["an unknown type", '{"satellite_type":"jackal_mk9"}\n{}', /jackal_mk9/],
    ["a name that every object has", '{"satellite_type":"constructor"}\n', /constructor/],
    ["no JSON", "satellite_type=jackal_mk1\n", /header/i],
    [
      "a number that no column holds",
      '{"satellite_type":"jackal_mk1","x":1e999}\n',
      /store|number|1e999|infinite/i,
    ],
  ])("%s: failed, kept in failed/ with the reason", async (name, bytes, reason) => {
    const row = await load(name, bytes);
    const books = { total_lines: 0, imported_lines: 0, errors: 0 };
    expect(row).toMatchObject({ status: "failed", satellite_type: null, ...books });
    expect(row?.error).toMatch(reason);
    const kept = await readFile(join(station.dir, "files", "failed", `${row?.id}-${name}`), "utf8");
    expect(kept).toBe(bytes);
  });
});

describe("the same bytes again (R8)", () => {
  test("of a complete package: a duplicate, whatever its name, and the file is deleted", async () => {
    const sample = samplePackage({ lines: 20, seed: 3 });
    const first = await load("first", sample.bytes);
    const again = await load("again", sample.bytes);
    expect(again).toMatchObject({ status: "duplicate", duplicate_of: first?.id, total_lines: 0 });
    await station.check.expectLoaded(sample);
  });

  test("twenty at once: one is complete, nineteen are duplicates", async () => {
    const sample = samplePackage({ lines: 2_000, seed: 4 });
    const before = (await station.check.files()).length;
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => drop(station.dir, `twin-${n}`, sample.bytes)),
    );
    const twins = (await station.check.ended(before + 20)).slice(before);
    expect(twins.map(({ status }) => status).sort()).toEqual([
      "complete",
      ...Array(19).fill("duplicate"),
    ]);
    await station.check.expectLoaded(sample);
  });

  test("the same name with other bytes is a new package", async () => {
    const [one, two] = [samplePackage({ lines: 5, seed: 5 }), samplePackage({ lines: 5, seed: 6 })];
    await load("same-name", one.bytes);
    await load("same-name", two.bytes);
    await station.check.expectLoaded(one);
    await station.check.expectLoaded(two);
  });

  test("of a failed package: its row is taken up again, and its copy in failed/ is not doubled", async () => {
    const bytes = '{"satellite_type":"nobody"}\n';
    const first = await load("once", bytes);
    const known = (await station.check.files()).length;
    const kept = join(station.dir, "files", "failed", `${first?.id}-once`);
    await until("the kept file", () => readFile(kept).catch(() => undefined));
    await rename(kept, join(station.dir, "files", "ingest", "once")); // A person puts it back.
    await expect
      .poll(async () => readFile(kept, "utf8").catch(() => ""), { timeout: 20_000 })
      .toBe(bytes);
    await drop(station.dir, "twice", bytes); // And somebody sends it again.
    const keptAs = join(station.dir, "files", "failed", `${first?.id}-twice`);
    await expect
      .poll(async () => readFile(keptAs, "utf8").catch(() => ""), { timeout: 20_000 })
      .toBe(bytes);
    const { failed } = await filesIn(station.dir);
    expect(failed?.filter((name) => name.startsWith(`${first?.id}-`))).toEqual([
      `${first?.id}-twice`,
    ]);
    expect(await station.check.files()).toHaveLength(known);
  });
});

test("the books balance in the end, and nothing is left in inbox or processing", async () => {
  await station.check.expectInvariants();
  expect(await filesIn(station.dir)).toMatchObject({ ingest: [], processing: [], archive: [] });
});
