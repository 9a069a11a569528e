// A simulated package as a whole: decided by its options, read by the daemon's own parser, of any size.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { badLineReasons } from "../../../src/cli/simulate/bad-lines.ts";
import { lineFormat } from "../../../src/cli/simulate/line-format.ts";
import {
  type PackageOptions,
  packageChunks,
  packageFileName,
} from "../../../src/cli/simulate/package.ts";
import { jackalMk1 } from "../../../src/satellites/jackal-mk1.ts";
import { jackalMk2 } from "../../../src/satellites/jackal-mk2.ts";
import { reasonsOf, typesAndOneMore } from "./satellite-types.ts";

const small = { satelliteType: jackalMk1, lines: 3_000, seed: 1, badShare: 0 };

function bytesOf(options: PackageOptions): Buffer {
  return Buffer.concat([...packageChunks(options)]);
}

function linesOf(options: PackageOptions): string[] {
  const lines = bytesOf(options).toString("latin1").split("\n");
  expect(lines.pop()).toBe(""); // The last line has its end too.
  return lines;
}

test("the same options make the same bytes", () => {
  const sha256 = (options: PackageOptions) => {
    return createHash("sha256").update(bytesOf(options)).digest("hex");
  };
  const options = { ...small, badShare: 0.1 };
  expect(sha256(options)).toBe(sha256({ ...options }));
  const others = [{ seed: 2 }, { badShare: 0.2 }, { lines: 3_001 }, { satelliteType: jackalMk2 }];
  for (const other of others) expect(sha256({ ...options, ...other })).not.toBe(sha256(options));
});

test.each(typesAndOneMore)("without bad lines every line is good: $name", (satelliteType) => {
  const [header, ...lines] = linesOf({ ...small, satelliteType, lines: 20_000 });
  expect(header).toBe(JSON.stringify({ satellite_type: satelliteType.name }));
  const reasons = reasonsOf(satelliteType, lines.join("\n"));
  expect(reasons.length).toBe(20_000);
  expect(new Set(reasons)).toEqual(new Set(["good"]));
});

test("a line has the keys of its type in order, and numbers of a sensible length", () => {
  const [, line] = linesOf(small);
  const digits =
    /^\{"timestamp":"2020-01-02T00:00:00\.\d{6}Z","velocity":77\d\d\.\d\d,"altitude":(299|300)\d{3}\.\d\d,"latitude":-?\d+\.\d{6},"longitude":-?\d+\.\d{6},"instrument1":"\w+","instrument2":"\w+"\}$/;
  expect(line).toMatch(digits);
});

test("readings come every 0.1 s, a little late, never out of order", () => {
  const lines = linesOf(small).slice(1);
  const times = lines.map((line) => Number(/:(\d\d\.\d{6})Z/.exec(line)?.[1]));
  const steps = times.slice(1).map((time, at) => (time - (times[at] ?? 0) + 60) % 60);
  expect(Math.min(...steps)).toBeGreaterThan(0.09);
  expect(Math.max(...steps)).toBeLessThan(0.11);
  const microseconds = new Set(times.map((time) => Math.round(time * 1e6) % 1_000));
  expect(microseconds.size).toBeGreaterThan(500);
});

test("every instrument changes its state, but seldom", () => {
  const lines = linesOf({ ...small, satelliteType: jackalMk2, lines: 50_000 }).slice(1);
  const readings = lines.map((line) => JSON.parse(line));
  for (const instrument of jackalMk2.instruments) {
    const states: string[] = readings.map((reading) => reading[instrument]);
    expect([...new Set(states)].sort()).toEqual(["disabled", "faulty", "ok"]);
    const changes = states.slice(1).filter((state, at) => state !== states[at]).length;
    expect(changes).toBeGreaterThan(10);
    expect(changes).toBeLessThan(250); // One in 200 at most.
  }
});

test("the start is from the seed alone, a day for each", () => {
  const firstTimes = [0, 1, 31, 1_825].map((seed) => {
    return /\d{4}-\d\d-\d\dT/.exec(linesOf({ ...small, seed, lines: 1 })[1] ?? "")?.[0];
  });
  expect(firstTimes).toEqual(["2020-01-01T", "2020-01-02T", "2020-02-01T", "2020-01-01T"]);
});

test("a package without lines is its header", () => {
  expect(linesOf({ ...small, lines: 0 })).toEqual(['{"satellite_type":"jackal_mk1"}']);
  expect(linesOf({ ...small, lines: 0, badShare: 1 }).length).toBe(1);
});

test.each([
  [0.01, 30],
  [0.5, 1_500],
  [1, 3_000],
  [0.000_1, 0], // 0.3 of a line.
])("the bad lines are exactly the share that was asked for: %d", (badShare, expected) => {
  const reasons = reasonsOf(
    jackalMk1,
    linesOf({ ...small, badShare })
      .slice(1)
      .join("\n"),
  );
  expect(reasons.length).toBe(3_000);
  expect(reasons.filter((reason) => reason !== "good").length).toBe(expected);
});

test("as many bad lines as there are kinds have each kind once", () => {
  const kinds = badLineReasons(lineFormat(jackalMk1));
  const lines = linesOf({ ...small, badShare: kinds.length / 3_000 }).slice(1);
  const bad = reasonsOf(jackalMk1, lines.join("\n")).filter((reason) => reason !== "good");
  expect(bad.toSorted()).toEqual(kinds.toSorted());
});

test("bad lines take the place of readings; the others are as they were", () => {
  const good = linesOf(small);
  const mixed = linesOf({ ...small, badShare: 0.2 });
  const changed = mixed.filter((line, at) => line !== good[at]).length;
  expect(changed).toBe(600);
});

test("the name says how to make the package again", () => {
  expect(packageFileName({ ...small, lines: 1_000 })).toBe(
    "jackal_mk1-20200102T000000Z-seed1-1000.ndjson",
  );
  expect(packageFileName({ ...small, seed: 7, badShare: 0.01 })).toBe(
    "jackal_mk1-20200108T000000Z-seed7-3000-bad0.01.ndjson",
  );
});

test("memory does not grow with the package", () => {
  const options = { ...small, lines: 1_000_000, badShare: 0.01 };
  let [sizeBytes, baseBytes, mostBytes] = [0, 0, 0];
  for (const chunk of packageChunks(options)) {
    sizeBytes += chunk.length;
    const { rss } = process.memoryUsage();
    if (sizeBytes < 20_000_000) baseBytes = Math.max(baseBytes, rss); // Until it has settled.
    mostBytes = Math.max(mostBytes, rss);
  }
  expect(sizeBytes).toBeGreaterThan(150_000_000);
  expect(mostBytes - baseBytes).toBeLessThan(60_000_000);
});
