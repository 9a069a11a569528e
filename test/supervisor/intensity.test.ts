// R5: how many restarts are too many, and what it means for the parent.
import { expect, test } from "vitest";
import { RestartIntensity } from "../../src/supervisor/restart-intensity.ts";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import { Stage } from "./stage.ts";

const gaveUp = "shutdown a reached_max_restart_intensity";

async function crash(stage: Stage, child: { exit(kind: "crash"): void }): Promise<string[]> {
  child.exit("crash");
  return stage.happened();
}

test("three restarts within five seconds pass; the fourth is reported and ends it", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  const supervisor = await stage.start({}, a, b);
  await stage.happened();
  for (let restart = 1; restart <= 3; restart += 1) {
    expect(await crash(stage, a)).toEqual(["child_terminated a crash", "start a"]);
    await stage.clock.advance(1_000);
  }
  await stage.clock.advance(2_000); // Five seconds after the first, which still counts.
  expect(await crash(stage, a)).toEqual(["child_terminated a crash", gaveUp, "stop b"]);
  expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "gave_up" });
  expect(stage.reports.at(-1)).toMatchObject({
    kind: "shutdown",
    supervisor: "top",
    context: "restarting",
    reason: "reached_max_restart_intensity",
    child: { id: "a" },
  });
});

test("a fourth restart after the window passes", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  await stage.start({}, a);
  for (let restart = 1; restart <= 3; restart += 1) await crash(stage, a);
  await stage.clock.advance(5_001);
  expect(await crash(stage, a)).toEqual(["child_terminated a crash", "start a"]);
});

test("the times of long ago are forgotten, and no more are kept than needed", () => {
  const intensity = new RestartIntensity({ maxRestarts: 2, maxSeconds: 1 });
  for (let nowMs = 0; nowMs < 1e6; nowMs += 600) expect(intensity.allows(nowMs)).toBe(true);
});

test("maxRestarts 0 gives up at the first", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  const supervisor = await stage.start({ maxRestarts: 0 }, a);
  a.exit("normal"); // A permanent child's normal end counts.
  expect(await stage.happened()).toEqual(["start a", "child_terminated a normal", gaveUp]);
  expect(await supervisor.exited).toMatchObject({ detail: "gave_up" });
});

test("a group restart counts once", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  const supervisor = await stage.start({ strategy: "one_for_all", maxRestarts: 2 }, a, b, c);
  await crash(stage, a);
  await crash(stage, b);
  expect(await supervisor.count()).toMatchObject({ active: 3 });
});

test("failed tries count", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  const supervisor = await stage.start({ maxRestarts: 2 }, a);
  await stage.happened();
  a.plan.push("fail", "fail", "fail");
  const tries = ["start a", "start_error a no start", "start a", "start_error a no start"];
  expect(await crash(stage, a)).toEqual(["child_terminated a crash", ...tries, gaveUp]);
  expect(await supervisor.exited).toMatchObject({ detail: "gave_up" });
});

test("a stop is served between tries, also of a start that fails at once", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  const supervisor = await stage.start({ maxRestarts: 1e9 }, a);
  a.plan.length = 0;
  a.plan.push(...Array<"fail">(1_000).fill("fail"));
  a.exit("crash");
  await new Promise((resolve) => setTimeout(resolve, 0)); // What a signal's handler would be: another turn.
  supervisor.stop();
  expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "asked" });
  expect(a.plan.length).toBeGreaterThan(900);
  expect(a.runs).toBe(1);
});

test("a request is served between tries", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  const supervisor = await stage.start({ maxRestarts: 1e9 }, a);
  a.plan.push(...Array<"fail">(1_000).fill("fail"));
  a.exit("crash");
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "restarting" }]);
  expect(await supervisor.terminateChild("a")).toEqual({ kind: "terminated" });
  await stage.happened();
  expect(a.plan.length).toBeGreaterThan(900);
  expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "stopped" }]);
});

test.each([
  ["permanent", ["child_terminated inner shutdown", "start a"]],
  ["transient", []],
  ["temporary", []],
] as const)("a %s supervisor that gave up: its parent does %j", async (restart, expected) => {
  const stage = new Stage();
  const a = stage.child("a");
  const inner = {
    id: "inner",
    strategy: "one_for_one",
    maxRestarts: 0,
    children: [a.spec],
  } as const;
  const start = () => startSupervisor(inner, stage.options);
  const children = [{ id: "inner", type: "supervisor", restart, start } as const];
  await stage.start({ children });
  await stage.happened();
  expect(await crash(stage, a)).toEqual(["child_terminated a crash", gaveUp, ...expected]);
});
