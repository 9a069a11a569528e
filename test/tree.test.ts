// The supervision tree as data, against the table of strategies, restarts and limits. Nothing of it is run but the
// supervisor of the packages, which starts empty.
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { componentKinds } from "../src/daemon-metrics.ts";
import { Database } from "../src/database/database.ts";
import { givenServer } from "../src/database/server.ts";
import { packageName } from "../src/folders/package-name.ts";
import { Events } from "../src/observability/events.ts";
import { noFaults } from "../src/observability/fault-points.ts";
import { fileParser, packageTree } from "../src/parsers/file-parser.ts";
import { databaseKey, fileParsersKey, settingsKey } from "../src/parsers/parts.ts";
import { Registry } from "../src/registry/registry.ts";
import { PackageRun } from "../src/staging/package-run.ts";
import { spawn } from "../src/supervisor/component.ts";
import { resolveChildSpec, resolveSupervisorSpec } from "../src/supervisor/spec-validation.ts";
import { outside, telemetryTree } from "../src/tree.ts";
import { logLines } from "./observability/log-lines.ts";
import { freeThrottle } from "./support/free-throttle.ts";

const config = readConfig({ DOWNLINK_MAX_PACKAGES: "2" });
const folders = { ingest: "", processing: "", failed: "", archive: "", id: "folder" };
const registry = new Registry();
const { log } = logLines();
const owner = "daemon:1:test@folder";
const events = new Events(log);
const shared = { folders, log, events, faults: noFaults, registry, report: () => {} };
const fingerprint = { dev: 0n, ino: 0n, sizeBytes: 0n, mtimeNs: 0n };
const file = { fileId: 7, name: packageName(Buffer.from("x")), fingerprint };
const options = {
  ...config,
  ...shared,
  database: new Database({
    server: givenServer("postgres://h/d"),
    owner,
    log,
    events,
    allowUnsafe: true,
  }),
  throttle: freeThrottle(),
  batchRows: () => 50_000,
};

// Never started: nothing of the database is asked for.
registry.register(
  databaseKey,
  spawn(() => new Promise(() => {})),
  options.database,
);

const metrics = async () => ({ contentType: "", text: "" });
const run = new PackageRun(file);
const root = resolveSupervisorSpec(telemetryTree({ config, owner, metrics, ...shared }));
const others = resolveSupervisorSpec(outside({ config, owner, metrics, ...shared }));
const onePackage = resolveSupervisorSpec(packageTree(run, options));
const packageChild = resolveChildSpec("file-parsers", "never", fileParser(run, options));

/** What is to be compared of children: all but their start. */
const facts = (children: typeof root.children) =>
  children.map(({ id, type, restart, significant, shutdownMs }) => {
    return [id, type, restart, significant ? "significant" : "", shutdownMs];
  });

test("the root: each child needs those before it, and giving up takes more than 3 in 30 s", () => {
  expect(root).toMatchObject({
    id: "telemetry",
    strategy: "rest_for_one",
    maxRestarts: 3,
    maxSeconds: 30,
    autoShutdown: "never",
  });
  expect(facts(root.children)).toEqual([
    ["database", "worker", "permanent", "", 2_500],
    ["settings", "worker", "permanent", "", 100],
    ["throttle", "worker", "permanent", "", 100],
    ["parse-workers", "worker", "permanent", "", 500],
    ["file-parsers", "supervisor", "permanent", "", Number.POSITIVE_INFINITY],
    ["intake", "worker", "permanent", "", 500],
    ["file-system-watcher", "worker", "permanent", "", 500],
    ["outside", "supervisor", "transient", "", Number.POSITIVE_INFINITY],
  ]);
});

test("what is reached from outside may give up without ending the loading", () => {
  expect(others).toMatchObject({ id: "outside", strategy: "one_for_one", autoShutdown: "never" });
  expect(facts(others.children)).toEqual([["http", "worker", "transient", "", 300]]);
});

test("a package: its parts share one run, and the persister's normal end is its end", () => {
  expect(onePackage).toMatchObject({
    id: "file-parser:7",
    strategy: "one_for_all",
    maxRestarts: 3,
    maxSeconds: 30,
    autoShutdown: "any_significant",
  });
  expect(facts(onePackage.children)).toEqual([
    ["data-staging:7", "worker", "permanent", "", 250],
    ["data-persister:7", "worker", "transient", "significant", 4_000],
    ["file-reader:7", "worker", "transient", "", 500],
  ]);
});

test("every component that can be restarted has a series of its own among the restarts", () => {
  const children = [...root.children, ...others.children, ...onePackage.children];
  const kinds = children.map(({ id }) => id.split(":", 1).join());
  expect([...componentKinds].sort()).toEqual(kinds.sort());
});

test("a package is temporary: however broken, it cannot wear out its supervisor", () => {
  expect(facts([packageChild])).toEqual([
    ["file-parser:7", "supervisor", "temporary", "", Number.POSITIVE_INFINITY],
  ]);
});

test("all limits of a stop add up to less than 10 s", () => {
  const sum = (children: typeof root.children): number =>
    children.reduce((ms, { type, shutdownMs }) => ms + (type === "supervisor" ? 0 : shutdownMs), 0);
  const packagesMs = sum(onePackage.children); // All packages are stopped at the same time.
  expect(packagesMs).toBe(4_750);
  expect(sum(root.children) + sum(others.children) + packagesMs).toBeLessThan(10_000);
});

test("file-parsers takes as many packages as the settings say", async () => {
  const settings = await root.children.find(({ id }) => id === "settings")?.start();
  if (settings === undefined || settings === "ignore") throw new Error("not started");
  const spec = root.children.find(({ id }) => id === "file-parsers");
  const component = await spec?.start();
  if (component === undefined || component === "ignore") throw new Error("not started");
  const fileParsers = registry.get(fileParsersKey);
  const start = async () => spawn(() => new Promise(() => {}));
  expect(registry.get(settingsKey).current.maxPackages).toBe(2); // The database never comes.
  const one = { id: "one", restart: "temporary", shutdownMs: 0, start } as const;
  const answers = [];
  for (let at = 0; at < 3; at++) answers.push((await fileParsers.startChild(one)).kind);
  expect(answers).toEqual(["started", "started", "max_children"]);
  component.stop();
  settings.stop();
  for (const { exited } of [component, settings]) {
    expect(await exited).toMatchObject({ kind: "shutdown" });
  }
});
