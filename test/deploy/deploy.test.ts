// What deploy/ asks of the daemon is there: each metric in a real scrape, each label's value, each alert's section.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { type Family, parsePrometheus, seriesNames } from "../support/prometheus-text.ts";
import { samplePackage } from "../support/sample-package.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string }[];
}

const readText = (path: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

const alerts = await readText("deploy/prometheus/alerts.yml");
const operations = await readText("docs/operations.md");
const unit = await readText("deploy/systemd/downlink.service");
const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(
  await readText("deploy/grafana/downlink.json"),
);
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** prom-client has it on Linux alone. */
const linuxOnly = /process_open_fds/;

let daemon: DaemonInProcess;
let families: ReadonlyMap<string, Family>;

beforeAll(async () => {
  daemon = await startDaemonInProcess();
  await drop(daemon.dir, "x.json", samplePackage({ lines: 10, badEvery: 3, seed: 1 }).bytes);
  await daemon.check.ended(1);
  families = parsePrometheus(await daemon.scrape());
});

afterAll(() => daemon.close());

/** What the daemon says of an environment that it does not start with. */
function refusalOf(environment: Record<string, string>): string | undefined {
  try {
    readConfig(environment);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** The metrics that a text names. */
function namesIn(text: string): string[] {
  const names = text.match(/\b(downlink|process|nodejs)_[a-z0-9_]+/g) ?? [];
  const isHere = (name: string) => process.platform === "linux" || !linuxOnly.test(name);
  return [...new Set(names)].filter(isHere);
}

/** Labels that a text compares with one value: `name{label="value"}`. */
function selectorsIn(text: string): { name: string; label: string; value: string }[] {
  const selectors = [...text.matchAll(/\b(\w+)\{([^}]*)\}/g)];
  return selectors.flatMap(([, name = "", labels = ""]) =>
    [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => {
      return { name, label, value };
    }),
  );
}

describe.each([
  ["alerts", alerts],
  ["dashboard", expressions.join("\n")],
  ["docs/operations.md", operations],
])("%s", (_, text) => {
  test("every metric it names is in the answer of /metrics", () => {
    const known = seriesNames(families);
    expect(namesIn(text).length).toBeGreaterThan(5);
    expect(namesIn(text).filter((name) => !known.has(name) && !families.has(name))).toEqual([]);
  });

  test("every value of a label that it asks for is one that the label has", () => {
    for (const { name, label, value } of selectorsIn(text)) {
      if (label === "job") continue; // Prometheus adds it.
      const values = families.get(name)?.samples.map(({ labels }) => labels[label]);
      expect(values, name).toContain(value);
    }
  });
});

test("every alert has a section that says what it means and what to do, and the link leads there", () => {
  const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const runbooks = [...alerts.matchAll(/runbook: (\S+)/g)].map(([, link]) => link);
  expect(names.length).toBeGreaterThan(5);
  expect(runbooks).toEqual(names.map((name) => `docs/operations.md#${name?.toLowerCase()}`));
  for (const name of names) {
    const section = new RegExp(`^### ${name}\\n([^#]+)`, "m").exec(operations)?.[1] ?? "";
    expect(section, name).toContain("Means:");
    expect(section, name).toContain("Do:");
  }
});

test("every alert says how bad it is", () => {
  const severities = [...alerts.matchAll(/severity: (\w+)/g)].map(([, severity]) => severity);
  expect(new Set(severities)).toEqual(new Set(["critical", "warning"]));
  expect(severities).toHaveLength(alerts.match(/- alert:/g)?.length ?? 0);
});

describe("the dashboard", () => {
  const { panels } = dashboard;

  test("imports anywhere: its data source is a variable, and no id of another Grafana is in it", () => {
    const text = JSON.stringify(dashboard);
    const uids = [...text.matchAll(/"type":"prometheus","uid":"([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(uids)).toEqual(new Set([`\${datasource}`]));
    expect(dashboard).toMatchObject({ uid: "downlink", title: "downlink", schemaVersion: 39 });
    expect(dashboard).not.toHaveProperty("id");
  });

  test("panels have ids and titles of their own, and none lies upon another", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x, title).toBeLessThan(24);
          expect(taken.has(`${x}:${y}`), title).toBe(false);
          taken.add(`${x}:${y}`);
        }
      }
    }
  });

  test("shows every metric of the daemon's own", () => {
    const shown = expressions.join("\n");
    const own = [...families.keys()].filter((name) => name.startsWith("downlink_"));
    expect(own.filter((name) => !shown.includes(name))).toEqual([]);
  });
});

describe("the systemd unit", () => {
  const settings = new Map(
    unit
      .split("\n")
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

  test("stops as the daemon wants to be stopped, and starts it again unless a person has to act", () => {
    expect(settings.get("KillMode")).toBe("mixed"); // The embedded server is stopped by the daemon.
    expect(Number(settings.get("TimeoutStopSec"))).toBeGreaterThan(10);
    expect(settings.get("Restart")).toBe("on-failure");
    expect(settings.get("RestartPreventExitStatus")).toBe("2");
    expect(settings.get("StartLimitIntervalSec")).toBe("0");
  });

  test("lets the daemon write nothing but its own folder, and gain nothing", () => {
    expect(settings.get("ProtectSystem")).toBe("strict");
    expect(settings.get("ReadWritePaths")).toBe("/var/lib/downlink");
    expect(settings.get("CapabilityBoundingSet")).toBe("");
    for (const key of ["NoNewPrivileges", "ProtectHome", "PrivateTmp", "RestrictSUIDSGID"]) {
      expect(settings.get(key), key).toBe("true");
    }
  });

  test("runs the program that the build writes, with variables that the daemon knows", async () => {
    expect(settings.get("ExecStart")).toMatch(/^\/usr\/bin\/node .*\/dist\/main\.js$/);
    expect(settings.get("EnvironmentFile")).toBe("/etc/downlink/downlink.env");
    const example = await readText("deploy/systemd/downlink.env");
    const variables = [...example.matchAll(/^#?(DOWNLINK_\w+)=/gm)].map(([, name = ""]) => name);
    expect(variables).toContain("DOWNLINK_FILES_DIR");
    const refusals = variables.filter((name) => {
      const text = refusalOf({ [name]: "" });
      return text === undefined || text.includes("not a known variable");
    });
    expect(refusals).toEqual([]);
  });
});
