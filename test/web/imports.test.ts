// The dashboard knows of the server what its API says, and that as types alone: nothing of the server is in the bundle.
import { readdir, readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "@swc/core";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

async function importsOf(path: string): Promise<Import[]> {
  const text = await readFile(join(root, path), "utf8");
  return importsIn(text, path);
}

async function importsIn(text: string, path: string): Promise<Import[]> {
  const { body } = await parse(text, { syntax: "typescript", tsx: path.endsWith("x") });
  return body.flatMap((item) => {
    if (item.type !== "ImportDeclaration" || !item.source.value.startsWith(".")) return [];
    const to = normalize(join(path, "..", item.source.value));
    return [{ from: path, to, isTypeOnly: item.typeOnly }];
  });
}

const isWrong = ({ to, isTypeOnly }: Import): boolean =>
  !to.startsWith("web/src/") && !(to.startsWith("src/api/schemas/") && isTypeOnly);

test("the dashboard imports the types of the API's schemas, and nothing else from outside", async () => {
  const names = await readdir(join(root, "web/src"), { recursive: true });
  const sources = names.filter((name) => /\.tsx?$/.test(name)).map((name) => `web/src/${name}`);
  const imports = (await Promise.all(sources.map(importsOf))).flat();
  expect(imports.filter(isWrong)).toEqual([]);
  expect(imports.length).toBeGreaterThan(100);
});

test.each([
  ['import { settingNames } from "../../src/settings/setting.ts";', true],
  ['import { statusSchema } from "../../src/api/schemas/status.ts";', true],
  ['import type { Status } from "../../src/api/schemas/status.ts";', false],
  ['import { App } from "./app.tsx";', false],
])("the check tells %j from what is right", async (text, isFound) => {
  expect((await importsIn(text, "web/src/x.tsx")).some(isWrong)).toBe(isFound);
});
