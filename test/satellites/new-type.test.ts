// docs/satellites.md shows how a third type is added. Its example is test/satellites/heron-mk1.ts, word by word, which
// is compiled and loads a line here: so the page cannot rot.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseLines } from "../../src/parsers/parse-lines.ts";
import { heronMk1 } from "./heron-mk1.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const page = read("../../docs/satellites.md");

test("the example of the page is the type that is tested here", () => {
  const example = read("heron-mk1.ts").replace("../../src/satellites/", "./");
  expect(page).toContain(`\`\`\`ts\n// src/satellites/heron-mk1.ts\n${example}\`\`\``);
});

test("the list of the page is the list that is there, with the new type added", () => {
  const list = read("../../src/satellites/index.ts");
  expect(list).toContain("const types = [jackalMk1, jackalMk2];");
  expect(page).toContain("const types = [jackalMk1, jackalMk2, heronMk1];");
});

test("the line of the page becomes the reading of the page", () => {
  const line = /```json\n(\{"time_utc".*\})\n```/.exec(page)?.[1] ?? "";
  const options = { satelliteType: heronMk1, maxLineBytes: 1_000 };
  const { columns } = parseLines(new TextEncoder().encode(line), options);
  expect(columns.details).toEqual([]);
  expect({
    timestampUs: columns.timestampUs[0],
    velocity: columns.velocity[0],
    altitude: columns.altitude[0],
    latitude: columns.latitude[0],
    longitude: columns.longitude[0],
    instruments: new TextDecoder().decode(columns.instruments),
  }).toEqual({
    timestampUs: 1_767_225_600_000_250n,
    velocity: 7612.5,
    altitude: 512_000,
    latitude: -12.25,
    longitude: 130.5,
    instruments: '{"radar":"ok","star_tracker":""}',
  });
});
