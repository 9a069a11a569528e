// R2: how a supervisor stops, and what a kill does.
import { describe, expect, test } from "vitest";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import { reactions } from "../support/manual-clock.ts";
import { Stage } from "./stage.ts";

test("children are stopped one after the other, in reverse; then it exits shutdown", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  b.hangs = true;
  const supervisor = await stage.start({}, a, b, c);
  await stage.happened();
  supervisor.stop();
  expect(await stage.happened()).toEqual(["stop c", "stop b"]);
  b.exit("shutdown");
  expect(await stage.happened()).toEqual(["stop a"]);
  expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "asked" });
  expect(stage.clock.pendingTimers).toBe(0);
});

test("stop may be called again, and after the end", async () => {
  const stage = new Stage();
  const supervisor = await stage.start({}, stage.child("a"));
  supervisor.stop();
  supervisor.stop();
  await supervisor.exited;
  supervisor.stop();
  supervisor.kill();
  expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "asked" });
  expect(await stage.happened()).toEqual(["start a", "stop a"]);
});

test.each([
  [undefined, 5_000],
  [250, 250],
])("with shutdownMs %s a slow child is killed after %s ms", async (shutdownMs, ms) => {
  const stage = new Stage();
  const a = stage.child("a", shutdownMs === undefined ? {} : { shutdownMs });
  a.hangs = true;
  const supervisor = await stage.start({}, a);
  supervisor.stop();
  await stage.settled();
  await stage.clock.advance(ms - 1);
  expect(await stage.happened()).toEqual(["start a", "stop a"]);
  await stage.clock.advance(1);
  expect(await stage.happened()).toEqual(["kill a", "shutdown_error a killed"]);
  expect(await supervisor.exited).toMatchObject({ kind: "shutdown" });
});

test.each([
  ["with shutdownMs Infinity", { shutdownMs: Number.POSITIVE_INFINITY }],
  ["of type supervisor and nothing said", { type: "supervisor" }],
] as const)("a child %s is never killed", async (_, spec) => {
  const stage = new Stage();
  const a = stage.child("a", spec);
  a.hangs = true;
  const supervisor = await stage.start({}, a);
  supervisor.stop();
  await stage.settled();
  expect(stage.clock.pendingTimers).toBe(0);
  await stage.clock.advance(1e9);
  a.exit("shutdown");
  await supervisor.exited;
  expect(await stage.happened()).toEqual(["start a", "stop a"]);
});

test("with shutdownMs 0 a child is killed without being asked, which is not reported", async () => {
  const stage = new Stage();
  const supervisor = await stage.start({}, stage.child("a", { shutdownMs: 0 }));
  supervisor.stop();
  await supervisor.exited;
  expect(await stage.happened()).toEqual(["start a", "kill a"]);
});

test.each([
  ["permanent", "normal", ["shutdown_error a normal"]],
  ["transient", "normal", []],
  ["temporary", "normal", []],
  ["permanent", "shutdown", []],
  ["temporary", "killed", ["shutdown_error a killed"]],
] as const)("a %s child that ends %s when asked: reported %j", async (restart, kind, reported) => {
  const stage = new Stage();
  const a = stage.child("a", { restart });
  a.endsWith = { kind };
  const supervisor = await stage.start({}, a);
  supervisor.stop();
  await supervisor.exited;
  expect(await stage.happened()).toEqual(["start a", "stop a", ...reported]);
});

test("a crash while stopping is reported as shutdown_error, with what was thrown", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  a.endsWith = { kind: "crash", error: new Error("late") };
  const supervisor = await stage.start({}, a);
  supervisor.stop();
  await supervisor.exited;
  expect(stage.reports).toMatchObject([
    { kind: "shutdown_error", context: "stopping", reason: { error: { message: "late" } } },
  ]);
});

test("nothing restarts during a stop", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  b.hangs = true;
  const supervisor = await stage.start({}, a, b);
  supervisor.stop();
  await stage.settled();
  a.exit("crash");
  b.exit("crash");
  await supervisor.exited;
  expect(await stage.happened()).toEqual([
    "start a",
    "start b",
    "stop b",
    "shutdown_error b crash",
    "shutdown_error a crash",
  ]);
});

describe("killing a supervisor", () => {
  test("kills its children, in reverse order, nested ones in their place", async () => {
    const stage = new Stage();
    const [a, b, c, d] = [stage.child("a"), stage.child("b"), stage.child("c"), stage.child("d")];
    const inner = {
      id: "inner",
      strategy: "one_for_one",
      children: [b.spec, c.spec],
    } as const;
    const start = () => startSupervisor(inner, stage.options);
    const children = [a.spec, { id: "inner", type: "supervisor", start } as const, d.spec];
    const supervisor = await stage.start({ children });
    await stage.happened();
    supervisor.kill();
    expect(stage.journal).toEqual(["kill d", "kill c", "kill b", "kill a"]);
    expect(await supervisor.exited).toEqual({ kind: "killed" });
  });

  test("while it stops: who hangs is killed, who was to be asked is not asked any more", async () => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b")];
    b.hangs = true;
    const supervisor = await stage.start({}, a, b);
    supervisor.stop();
    await stage.happened();
    supervisor.kill();
    expect(await stage.happened()).toEqual(["kill b", "kill a"]);
    expect(stage.clock.pendingTimers).toBe(0);
  });

  test("while it restarts a child: that one is killed as soon as it runs, no further one starts", async () => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b")];
    const supervisor = await stage.start({ strategy: "rest_for_one" }, a, b);
    await stage.happened();
    let open = (): void => {};
    a.plan.push(
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    a.exit("crash");
    expect(await stage.happened()).toEqual(["child_terminated a crash", "stop b", "start a"]);
    supervisor.kill();
    expect(await supervisor.exited).toEqual({ kind: "killed" });
    open();
    expect(await stage.happened()).toEqual(["kill a"]);
  });

  test("with a dynamic one: the last that was started is the first", async () => {
    const stage = new Stage();
    const supervisor = await stage.startDynamic();
    for (const id of ["a", "b", "c"]) await supervisor.startChild(stage.child(id).spec);
    await stage.happened();
    supervisor.kill();
    expect(await stage.happened()).toEqual(["kill c", "kill b", "kill a"]);
  });
});

test("a report function that throws crashes the supervisor, which takes its children along", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  const error = new Error("disk full");
  const spec = { id: "top", strategy: "one_for_one", children: [a.spec, b.spec] } as const;
  const supervisor = await startSupervisor(spec, {
    clock: stage.clock,
    report: () => {
      throw error;
    },
  });
  b.exit("crash");
  expect(await supervisor.exited).toEqual({ kind: "crash", error });
  await reactions();
  expect(await a.component.exited).toEqual({ kind: "killed" });
});
