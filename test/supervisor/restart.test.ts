// R3: which children come back, and what is told of their end.
import { expect, test } from "vitest";
import { spawn } from "../../src/supervisor/component.ts";
import { Stage } from "./stage.ts";

const ends = ["normal", "shutdown", "crash", "killed"] as const;

test.each(ends)("a permanent child is reported and restarted after %s", async (end) => {
  const stage = new Stage();
  const a = stage.child("a");
  await stage.start({}, a);
  a.exit(end);
  expect(await stage.happened()).toEqual(["start a", `child_terminated a ${end}`, "start a"]);
});

test.each(["normal", "shutdown"] as const)(
  "a transient child is not restarted after %s; its spec is kept; nothing is reported",
  async (end) => {
    const stage = new Stage();
    const a = stage.child("a", { restart: "transient" });
    const supervisor = await stage.start({}, a);
    a.exit(end);
    expect(await stage.happened()).toEqual(["start a"]);
    expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "stopped" }]);
  },
);

test.each(["crash", "killed"] as const)(
  "a transient child is reported and restarted after %s",
  async (end) => {
    const stage = new Stage();
    const a = stage.child("a", { restart: "transient" });
    await stage.start({}, a);
    a.exit(end);
    expect(await stage.happened()).toEqual(["start a", `child_terminated a ${end}`, "start a"]);
  },
);

test.each([
  ["normal", []],
  ["shutdown", []],
  ["crash", ["child_terminated a crash"]],
  ["killed", ["child_terminated a killed"]],
] as const)("a temporary child never comes back: after %s it is removed", async (end, reported) => {
  const stage = new Stage();
  const a = stage.child("a", { restart: "temporary" });
  const supervisor = await stage.start({}, a);
  a.exit(end);
  expect(await stage.happened()).toEqual(["start a", ...reported]);
  expect(await supervisor.children()).toEqual([]);
});

test("a report says who ended under whom, what it was doing, and how", async () => {
  const stage = new Stage();
  const a = stage.child("a", { shutdownMs: 70 });
  await stage.start({}, a);
  a.exit("crash");
  await stage.settled();
  const child = {
    id: "a",
    restart: "permanent",
    shutdownMs: 70,
    type: "worker",
    significant: false,
  };
  expect(stage.reports).toEqual([
    {
      kind: "child_terminated",
      supervisor: "top",
      context: "running",
      reason: { kind: "crash", error: new Error("crashed") },
      child,
    },
  ]);
});

test("a restart that has nothing to run keeps the spec without a child", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  const supervisor = await stage.start({}, a);
  a.plan.push("ignore");
  a.exit("crash");
  await stage.settled();
  expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "stopped" }]);
});

test("a thousand restarts leave no listener and no timer behind", async () => {
  const stage = new Stage();
  let runs = 0;
  let listeners = 0;
  const spec = {
    id: "a",
    start: async () =>
      spawn(async ({ stopping }) => {
        runs += 1;
        if (runs <= 1_000) throw new Error("again");
        await new Promise<void>((resolve) => {
          listeners += 1;
          const wake = (): void => {
            listeners -= 1;
            resolve();
          };
          stopping.addEventListener("abort", wake, { once: true });
        });
      }),
  };
  const sibling = stage.child("b");
  const children = [spec, sibling.spec];
  const supervisor = await stage.start({ children, maxRestarts: 1_000, maxSeconds: 1 });
  await stage.settled();
  expect(runs).toBe(1_001);
  expect(stage.clock.pendingTimers).toBe(0);
  expect(listeners).toBe(1);
  supervisor.stop();
  expect(await supervisor.exited).toMatchObject({ detail: "asked" });
  expect(listeners).toBe(0);
  expect(stage.clock.pendingTimers).toBe(0);
  expect(sibling.runs).toBe(1);
});
