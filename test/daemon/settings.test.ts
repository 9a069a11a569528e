// Settings changed while a daemon loads, with psql as an operator would, seen in what it does next.
import { afterEach, expect, test } from "vitest";
import { type DaemonInProcess, startDaemonInProcess } from "../support/daemon-in-process.ts";
import { drop } from "../support/drop.ts";
import { samplePackage } from "../support/sample-package.ts";
import { until } from "../support/until.ts";

let daemon: DaemonInProcess;
afterEach(() => daemon.close());

const psql = (statement: string) => daemon.check.query(statement);
const heard = (kind: string) => daemon.heard.filter((event) => event.kind === kind);

async function dropPackages(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await drop(daemon.dir, `package-${n}`, samplePackage({ lines: 200, seed: n }).bytes);
  }
}

test("a ceiling that is lifted lets go of a batch that waits for it", async () => {
  daemon = await startDaemonInProcess({ DOWNLINK_MAX_ROWS_PER_SECOND: "1" });
  await dropPackages(1);
  await until("a package in work", () => heard("package_started").length === 1);
  expect(heard("package_ended")).toEqual([]);
  await psql("INSERT INTO settings (name, value) VALUES ('rows_per_second', '0')");
  await until("its end", () => heard("package_ended").length === 1);
  expect(heard("settings_changed")).toMatchObject([{ names: ["rows_per_second"] }]);
  expect(heard("package_ended")).toMatchObject([{ outcome: "complete", importedLines: 200 }]);
});

test("more packages at a time begin at once, and with fewer none is ended", async () => {
  daemon = await startDaemonInProcess({
    DOWNLINK_MAX_PACKAGES: "1",
    DOWNLINK_MAX_ROWS_PER_SECOND: "1",
  });
  await dropPackages(5);
  await until("one in work", () => heard("package_started").length === 1);
  await psql("INSERT INTO settings (name, value) VALUES ('max_packages', '3')");
  await until("three in work", () => heard("package_started").length === 3);
  await psql("UPDATE settings SET value = '2' WHERE name = 'max_packages'");
  await until("the change", () => heard("settings_changed").length === 2);
  await psql("INSERT INTO settings (name, value) VALUES ('rows_per_second', '0')");
  await until("all ended", () => heard("package_ended").length === 5);
  expect(heard("component_restarted")).toEqual([]);
  let [inWork, most] = [0, 0];
  for (const { kind } of daemon.heard) {
    if (kind === "package_started") most = Math.max(most, ++inWork);
    if (kind === "package_ended") inWork--;
  }
  expect(most).toBe(3);
});
