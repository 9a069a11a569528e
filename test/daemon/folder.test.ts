// Bad days of the folder, on a whole daemon: files that change, are replaced or vanish while they are loaded, and names,
// times and links of every kind. It loads slowly, so that there is time to harm a package half way.
import { createHash } from "node:crypto";
import {
  type FileHandle,
  link,
  open,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atRest } from "../support/at-rest.ts";
import { drop } from "../support/drop.ts";
import { type SamplePackage, samplePackage } from "../support/sample-package.ts";
import { openStation, type Station } from "../support/shared-daemon.ts";
import { until } from "../support/until.ts";

let station: Station;
beforeAll(async () => {
  station = await openStation();
  await station.start({ env: { DOWNLINK_BATCH_ROWS: "20", DOWNLINK_MAX_ROWS_PER_SECOND: "400" } });
});
afterAll(() => station.close());

let seeds = 0;
/** One that takes half a second. */
const slowPackage = (): SamplePackage => samplePackage({ lines: 200, seed: ++seeds });
const at = (...names: string[]): string => join(station.dir, "files", ...names);
const read = (path: string): Promise<Buffer | undefined> => readFile(path).catch(() => undefined);

async function idOf(sha256: string): Promise<number | undefined> {
  const found = await station.check.query<{ id: number }>(
    "SELECT id::int FROM files WHERE sha256 = $1 AND status <> 'duplicate'",
    [sha256],
  );
  return found[0]?.id;
}

/** Resolves when some of the package's lines are in, and others are not. */
async function halfLoaded({ sha256 }: SamplePackage): Promise<number> {
  return until("a first batch", async () => {
    const found = await station.check.query<{ id: number }>(
      "SELECT id::int FROM files WHERE sha256 = $1 AND imported_lines > 0 AND status = 'processing'",
      [sha256],
    );
    return found[0]?.id;
  });
}

async function ended(id: number) {
  return until(
    "the end of the package",
    async () => {
      const row = (await station.check.files()).find((one) => one.id === id);
      return row?.status === "processing" ? undefined : row;
    },
    25_000,
  );
}

describe("a file that somebody changes while it is loaded is failed, and kept with all its bytes", () => {
  const middle = 20_000;
  test.each<[string, (file: FileHandle, sizeBytes: number) => Promise<unknown>]>([
    ["F2: its writer had only paused", (file, end) => file.write("{}\n".repeat(100), end)],
    ["F4: it had its length before its bytes", (file) => file.write("late", middle)],
    ["F11: it is written over", (file) => file.write("x", 0)],
    ["F12: it is cut short", (file) => file.truncate(middle)],
  ])("%s", async (_, change) => {
    const sample = slowPackage();
    await drop(station.dir, "changing", sample.bytes);
    const id = await halfLoaded(sample);
    const file = await open(at("processing", `${id}`, "changing"), "r+");
    await change(file, sample.bytes.length);
    const changed = await file.readFile();
    await file.close();
    const row = await ended(id);
    expect(row).toMatchObject({ status: "failed", error: expect.stringContaining("changed") });
    const kept = await until("the kept file", () => read(at("failed", `${id}-changing`)));
    expect(kept.equals(changed)).toBe(true);
    await station.check.expectInvariants();
  });
});

describe("a file that is replaced or taken away", () => {
  test("F6: another one under the same name, amid the import: both are loaded", async () => {
    const [one, two] = [slowPackage(), slowPackage()];
    await drop(station.dir, "same", one.bytes);
    await halfLoaded(one);
    await drop(station.dir, "same", two.bytes);
    const id = await halfLoaded(two);
    await ended(id);
    await station.check.expectLoaded(one);
    await station.check.expectLoaded(two);
  });

  test("F6: in its place in processing/: the one that was read is complete, the other a new package", async () => {
    const [one, two] = [slowPackage(), slowPackage()];
    await drop(station.dir, "x", one.bytes);
    const id = await halfLoaded(one);
    await writeFile(at("processing", `${id}`, "y"), two.bytes);
    await rename(at("processing", `${id}`, "y"), at("processing", `${id}`, "x"));
    expect(await ended(id)).toMatchObject({ status: "complete" });
    await station.check.expectLoaded(one);
    const other = await until("the other package", () => idOf(two.sha256));
    expect(await ended(other)).toMatchObject({ status: "complete" });
    await station.check.expectLoaded(two);
  });

  test("F13: removed amid the import: it is read to its end", async () => {
    const sample = slowPackage();
    await drop(station.dir, "gone", sample.bytes);
    const id = await halfLoaded(sample);
    await rm(at("processing", `${id}`, "gone"));
    await ended(id);
    await station.check.expectLoaded(sample);
  });
});

describe("a package is loaded whatever its", () => {
  test("F19: links: another name of the file keeps its bytes", async () => {
    const sample = samplePackage({ lines: 5, seed: 1_000 });
    await writeFile(at("other name"), sample.bytes);
    await link(at("other name"), at("ingest", "hard link"));
    const id = await until("the package", () => idOf(sample.sha256));
    await ended(id);
    await station.check.expectLoaded(sample);
    expect(await readFile(at("other name"))).toEqual(sample.bytes);
  });

  test.each([
    ["F37: time, in 1970", new Date(0)],
    ["F37: time, in the future", new Date("2100-01-01")],
  ])("%s", async (name, time) => {
    const sample = samplePackage({ lines: 5, seed: 1_001 + name.length });
    await writeFile(at("ingest", "x.part"), sample.bytes);
    await utimes(at("ingest", "x.part"), time, time);
    await rename(at("ingest", "x.part"), at("ingest", name));
    await ended(await until("the package", () => idOf(sample.sha256)));
    await station.check.expectLoaded(sample);
  });

  test("F27, F28: name: 255 bytes, differing in case or Unicode form alone, good or refused", async () => {
    const names = ["n".repeat(255), "Case", "case", "é".normalize("NFC"), "é".normalize("NFD")];
    const good = names.map((_, index) => samplePackage({ lines: 5, seed: 1_100 + index }));
    for (const [index, name] of names.entries()) {
      await writeFile(at("x"), good[index]?.bytes ?? "");
      await rename(at("x"), at("ingest", name));
      await ended(await until("the good one", () => idOf(good[index]?.sha256 ?? "")));
      const refused = `no header, ${index}`;
      await writeFile(at("x"), refused);
      await rename(at("x"), at("ingest", name));
      const sha256 = createHash("sha256").update(refused).digest("hex");
      const id = await until("the refused one", () => idOf(sha256));
      const kept = Buffer.from(`${id}-${name}`).subarray(0, 200).toString();
      await until(kept, async () => (await read(at("failed", kept)))?.toString() === refused);
    }
    for (const sample of good) await station.check.expectLoaded(sample);
  });
});

test("P26: small packages do not wait for the end of a large one before them", async () => {
  const large = samplePackage({ lines: 3_000, seed: 26 });
  await drop(station.dir, "large", large.bytes);
  const id = await halfLoaded(large);
  const small = [27, 28, 29].map((seed) => samplePackage({ lines: 5, seed }));
  for (const [index, { bytes }] of small.entries())
    await drop(station.dir, `small ${index}`, bytes);
  for (const { sha256 } of small) await ended(await until("the small one", () => idOf(sha256)));
  expect((await station.check.files()).find((row) => row.id === id)?.status).toBe("processing");
  await ended(id);
  await station.check.expectLoaded(large);
});

test("the books balance in the end, and nothing is left in inbox or processing", async () => {
  await atRest(station.dir);
  await station.check.expectInvariants();
});
