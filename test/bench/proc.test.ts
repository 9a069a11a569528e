import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cpuSecondsOf, cpuSecondsOfFamily, residentMemoryOf } from "../../bench/stage/proc.ts";

const burn = `while (process.cpuUsage().user < 200_000);`;
const nobody = 2 ** 22 + 1; // Beyond the largest process id.

describe.runIf(existsSync("/proc/self/stat"))("what the kernel counts", () => {
  test("CPU seconds of a process", async () => {
    const { user, system } = process.cpuUsage();
    expect(await cpuSecondsOf(process.pid)).toBeCloseTo((user + system) / 1e6, 0);
  });

  test("a family has its children, those that run and those that have ended", async () => {
    // A shell with two children: one ends, the other stays until its input ends.
    const script = `"$0" -e '${burn}'; "$0" -e 'process.stdin.resume(); ${burn} console.log(1)'; exit 0`;
    const shell = spawn("sh", ["-c", script, process.execPath], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(shell.stdout, "data");
    const pid = shell.pid ?? 0;
    expect(await cpuSecondsOf(pid)).toBeLessThan(0.1);
    expect(await cpuSecondsOfFamily(pid)).toBeGreaterThan(0.3);
    shell.stdin.end();
    await once(shell, "exit");
  });

  test("resident memory, now and at most", async () => {
    const memory = await residentMemoryOf(process.pid);
    expect(memory?.nowMib).toBeGreaterThan(10);
    expect(memory?.peakMib).toBeGreaterThanOrEqual(memory?.nowMib ?? Number.NaN);
  });
});

test("of a process that is not there, and where there is no /proc, nothing is known", async () => {
  expect(await cpuSecondsOf(nobody)).toBeUndefined();
  expect(await cpuSecondsOfFamily(nobody)).toBeUndefined();
  expect(await residentMemoryOf(nobody)).toBeUndefined();
});
