// How long a package stands still, and how fast rows come, by a clock that the test moves.
import { expect, test } from "vitest";
import type { DaemonEvent } from "../../src/observability/events.ts";
import { RecentRate } from "../../src/observability/recent-rate.ts";
import { Standstill } from "../../src/observability/standstill.ts";

const figures = { name: "x", satelliteType: null, sizeBytes: 9, at: 0 };
const counts = { totalLines: 0, importedLines: 0, errors: 0 };
const shared = { ...figures, ...counts };
const event = (kind: "package_started" | "package_progress", fileId: number): DaemonEvent => {
  return { kind, fileId, offset: 0, ...shared };
};

test("the package that has waited longest for a commit counts", () => {
  const standstill = new Standstill();
  expect(standstill.seconds(0)).toBe(0);
  standstill.note(event("package_started", 1), 0);
  standstill.note(event("package_started", 2), 1_000);
  expect(standstill.seconds(5_000)).toBe(5);
  standstill.note(event("package_progress", 1), 4_000);
  expect(standstill.seconds(5_000)).toBe(4);
});

test("a package that ended or was let go stands still no longer", () => {
  const standstill = new Standstill();
  standstill.note(event("package_started", 1), 0);
  standstill.note({ kind: "package_released", fileId: 1, at: 0 }, 1);
  expect(standstill.seconds(90_000)).toBe(0);
  standstill.note(event("package_started", 2), 0);
  const end = { kind: "package_ended", outcome: "complete", fileId: 2, seconds: 1 } as const;
  standstill.note({ ...end, ...shared }, 1);
  expect(standstill.seconds(90_000)).toBe(0);
});

test("the rate is that of the last ten seconds, and falls to nothing after them", () => {
  const rate = new RecentRate();
  expect(rate.perSecond(0)).toBe(0);
  for (let ms = 0; ms < 20_000; ms += 100) rate.add(10, ms);
  expect(rate.perSecond(20_000)).toBeGreaterThan(97);
  expect(rate.perSecond(20_000)).toBeLessThanOrEqual(100);
  expect(rate.perSecond(40_000)).toBe(0);
});
