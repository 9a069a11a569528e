// The layers of ARCHITECTURE.md. The rules are in .dependency-cruiser.mjs; here they are run, and tried: a checker that
// reads nothing is green over everything. What a room may import is written out once more, so that neither the rules
// nor their tests can be wrong alone.
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeTemporaryFolder } from "./support/temporary-folder.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Top first; with a module of each room that has one. */
const layers: readonly Readonly<Record<string, string>>[] = [
  { main: "main", daemon: "daemon", "supervision-log": "supervision-log", tree: "tree", cli: "" },
  { api: "" },
  { watcher: "watcher/intake" },
  { parsers: "parsers/parse-pool" },
  { staging: "staging/staging-store", persister: "persister/data-persister" },
  {
    satellites: "satellites/index",
    database: "database/database",
    registry: "registry/registry",
    folders: "folders/folders",
    queries: "queries/find-files",
    settings: "settings/setting",
  },
  { supervisor: "supervisor/supervisor", observability: "observability/log" },
  { config: "config", errors: "errors" },
];

interface Violation {
  readonly rule: string;
  readonly from: string;
}

interface Cruise {
  readonly exitCode: number;
  readonly output: string;
}

async function cruise(dir: string, reporter: "json" | "err"): Promise<Cruise> {
  const args = ["--config", ".dependency-cruiser.mjs", "--output-type", reporter, "src"];
  const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` };
  return new Promise((resolve) => {
    const options = { cwd: dir, env, maxBuffer: 2 ** 28, timeout: 60_000 };
    execFile("depcruise", args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ exitCode, output: stdout + stderr });
    });
  });
}

async function violationsIn(dir: string): Promise<{ modules: number; violations: Violation[] }> {
  const { output } = await cruise(dir, "json");
  const { modules, summary } = JSON.parse(output);
  const ours: readonly { source: string }[] = modules;
  const found: readonly { rule: { name: string }; from: string }[] = summary.violations;
  return {
    modules: ours.filter(({ source }) => source.startsWith("src/")).length,
    violations: found.map(({ rule, from }) => ({ rule: rule.name, from })),
  };
}

/** A copy of src/ with further files. @param planted text by path below src/ */
async function copyWith(planted: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  for (const name of ["src", "tsconfig.json", ".dependency-cruiser.mjs", "package.json"]) {
    await cp(join(root, name), join(folder.path, name), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(folder.path, "node_modules"));
  for (const [name, text] of Object.entries(planted)) {
    const path = join(folder.path, "src", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return folder.path;
}

test("every module of src/ keeps the layers", async () => {
  const files = await readdir(join(root, "src"), { recursive: true });
  const { modules, violations } = await violationsIn(root);
  expect(violations).toEqual([]);
  expect(modules).toBe(files.filter((name) => name.endsWith(".ts")).length);
  expect(modules).toBeGreaterThan(100);
});

describe("a planted violation is found", () => {
  /** The one import of a type, which is an import like any other. */
  const importing = (path: string): string =>
    `import type * as there from "${path}";\nexport type There = typeof there;\n`;

  test("no room may import from a layer above it", async () => {
    const planted: Record<string, string> = {};
    const expected: string[] = [];
    for (const [depth, layer] of layers.entries()) {
      const above = layers.slice(0, depth).flatMap((rooms) => Object.entries(rooms));
      for (const room of Object.keys(layer)) {
        for (const [name, module] of above.filter(([, path]) => path !== "")) {
          const path = `${room}/plant-${name}.ts`;
          planted[path] = importing(`../${module}.ts`);
          expected.push(`src/${path}`);
        }
      }
    }
    const { violations } = await violationsIn(await copyWith(planted));
    const upwards = violations.filter(({ rule }) => rule.endsWith("-imports-only-downwards"));
    expect(upwards.map(({ from }) => from).sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(70);
  });

  test.each<[string, string, Record<string, string>]>([
    [
      "supervisor-imports-errors-alone",
      "src/supervisor/plant.ts",
      { "supervisor/plant.ts": importing("../config.ts") },
    ],
    [
      "observability-imports-nothing-of-ours",
      "src/observability/plant.ts",
      { "observability/plant.ts": importing("../errors.ts") },
    ],
    [
      "satellites-are-pure",
      "src/satellites/plant.ts",
      { "satellites/plant.ts": `export { readFile } from "node:fs/promises";\n` },
    ],
    [
      "no-circular",
      "src/staging/plant-2.ts",
      {
        "staging/plant.ts": importing("./plant-2.ts"),
        "staging/plant-2.ts": importing("./plant.ts"),
      },
    ],
    ["no-orphans", "src/folders/plant.ts", { "folders/plant.ts": "export const plant = 1;\n" }],
    [
      "every-room-has-a-layer",
      "src/cellar/plant.ts",
      { "cellar/plant.ts": importing("../errors.ts") },
    ],
  ])("%s", async (rule, from, planted) => {
    const { violations } = await violationsIn(await copyWith(planted));
    expect(violations).toContainEqual({ rule, from });
    for (const violation of violations) expect(violation.rule).toBe(rule);
  });

  test("and ends the checker with exit code 1, without it with 0", async () => {
    const plant = { "database/plant.ts": importing("../persister/data-persister.ts") };
    const broken = await cruise(await copyWith(plant), "err");
    expect(broken).toMatchObject({ exitCode: 1, output: expect.stringContaining("plant.ts") });
    expect((await cruise(root, "err")).exitCode).toBe(0);
  });
});
