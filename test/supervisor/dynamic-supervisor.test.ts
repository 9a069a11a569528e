// R9: children that come and go, each for itself.
import { expect, test } from "vitest";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import type { DynamicSupervisor } from "../../src/supervisor/supervisor-api.ts";
import { type FakeChild, Stage } from "./stage.ts";

async function withChildren(stage: Stage, supervisor: DynamicSupervisor, ...children: FakeChild[]) {
  for (const child of children) await supervisor.startChild(child.spec);
  await stage.happened();
}

test("it starts empty, and ids need not be unique", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic();
  expect(await supervisor.children()).toEqual([]);
  const [a, b] = [stage.child("x"), stage.child("x", { type: "supervisor" })];
  expect(await supervisor.startChild(a.spec)).toEqual({ kind: "started", component: a.component });
  expect(await supervisor.startChild(b.spec)).toEqual({ kind: "started", component: b.component });
  expect(await supervisor.children()).toEqual([
    { id: "x", type: "worker", state: "running", component: a.component },
    { id: "x", type: "supervisor", state: "running", component: b.component },
  ]);
  const count = { specs: 2, active: 2, supervisors: 1, workers: 1 };
  expect(await supervisor.count()).toEqual(count);
});

test("each child is restarted alone, and forgotten when it ends for good", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic();
  const [a, b] = [stage.child("a"), stage.child("b", { restart: "transient" })];
  const c = stage.child("c", { restart: "temporary" });
  await withChildren(stage, supervisor, a, b, c);
  a.exit("crash");
  b.exit("normal");
  c.exit("crash");
  const expected = ["child_terminated a crash", "start a", "child_terminated c crash"];
  expect(await stage.happened()).toEqual(expected);
  expect((await supervisor.children()).map(({ id }) => id)).toEqual(["a"]);
});

test("temporary children never touch its budget", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic({ maxRestarts: 0 });
  for (let package_ = 0; package_ < 50; package_ += 1) {
    const child = stage.child("a", { restart: "temporary" });
    await supervisor.startChild(child.spec);
    child.exit("crash");
    await child.component.exited;
  }
  expect(await supervisor.count()).toMatchObject({ specs: 0 });
});

test("too many restarts: it reports, stops all children and exits shutdown", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic({ maxRestarts: 1 });
  const [a, b] = [stage.child("a"), stage.child("b")];
  await withChildren(stage, supervisor, a, b);
  a.exit("crash");
  await stage.happened();
  a.exit("crash");
  expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "gave_up" });
  const gaveUp = "shutdown a reached_max_restart_intensity";
  expect(await stage.happened()).toEqual(["child_terminated a crash", gaveUp, "stop b"]);
});

test("beyond maxChildren startChild answers max_children; a place is free once one has exited", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic({ maxChildren: 1 });
  const a = stage.child("a", { restart: "temporary" });
  await withChildren(stage, supervisor, a);
  expect(await supervisor.startChild(stage.child("b").spec)).toEqual({ kind: "max_children" });
  a.exit("normal");
  await a.component.exited;
  expect(await supervisor.startChild(stage.child("b").spec)).toMatchObject({ kind: "started" });
});

test("maxChildren counts those being restarted, which can be terminated by their last run", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic({ maxChildren: 1, maxRestarts: 1e9 });
  const a = stage.child("a");
  await withChildren(stage, supervisor, a);
  a.plan.push(...Array<"fail">(1_000).fill("fail"));
  a.exit("crash");
  await new Promise((resolve) => setTimeout(resolve, 0)); // Some tries later.
  expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "restarting" }]);
  expect(await supervisor.startChild(stage.child("b").spec)).toEqual({ kind: "max_children" });
  expect(await supervisor.terminateChild(a.component)).toEqual({ kind: "terminated" });
  expect(await supervisor.children()).toEqual([]);
});

test("what has nothing to run, or cannot start, is not stored", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic();
  const a = stage.child("a");
  a.plan.push("ignore", "fail");
  expect(await supervisor.startChild(a.spec)).toEqual({ kind: "ignored" });
  const failed = { kind: "start_error", error: new Error("no start") };
  expect(await supervisor.startChild(a.spec)).toEqual(failed);
  expect(await supervisor.count()).toMatchObject({ specs: 0 });
  await supervisor.startChild(a.spec);
  a.plan.push("ignore");
  a.exit("crash");
  await stage.settled();
  expect(await supervisor.count()).toMatchObject({ specs: 0 });
});

test("terminateChild stops one child by its component; a second time it is not_found", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic();
  const [a, b] = [stage.child("x"), stage.child("x")];
  await withChildren(stage, supervisor, a, b);
  expect(await supervisor.terminateChild(b.component)).toEqual({ kind: "terminated" });
  expect(await supervisor.terminateChild(b.component)).toEqual({ kind: "not_found" });
  expect(await supervisor.children()).toMatchObject([{ component: a.component }]);
});

test("on stop all are asked at once, and each has its own time", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic();
  const [a, b, c] = [
    stage.child("a", { shutdownMs: 300 }),
    stage.child("b", { shutdownMs: 100 }),
    stage.child("c", { shutdownMs: 0 }),
  ];
  a.hangs = true;
  b.hangs = true;
  await withChildren(stage, supervisor, a, b, c);
  supervisor.stop();
  expect(await stage.happened()).toEqual(["stop a", "stop b", "kill c"]);
  await stage.clock.advance(100);
  expect(await stage.happened()).toEqual(["kill b", "shutdown_error b killed"]);
  await stage.clock.advance(200);
  expect(await stage.happened()).toEqual(["kill a", "shutdown_error a killed"]);
  expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "asked" });
  expect(stage.clock.pendingTimers).toBe(0);
});

test("a package: a temporary child that is a supervisor ends when its significant child does", async () => {
  const stage = new Stage();
  const parsers = await stage.startDynamic();
  const persister = stage.child("persister", { restart: "transient", significant: true });
  const reader = stage.child("reader", { restart: "transient" });
  const start = () =>
    startSupervisor(
      {
        id: "file-parser:1",
        strategy: "one_for_all",
        autoShutdown: "any_significant",
        children: [persister.spec, reader.spec],
      },
      stage.options,
    );
  const spec = { id: "file-parser:1", type: "supervisor", restart: "temporary", start } as const;
  const answer = await parsers.startChild(spec);
  if (answer.kind !== "started") throw new Error(answer.kind);
  reader.exit("normal");
  persister.exit("normal");
  expect(await answer.component.exited).toEqual({ kind: "shutdown", detail: "finished" });
  expect(await parsers.children()).toEqual([]);
});

test("children added at run time are lost when their supervisor is restarted", async () => {
  const stage = new Stage();
  const current: DynamicSupervisor[] = [];
  const start = async () => {
    const parsers = await stage.startDynamic();
    current.push(parsers);
    return parsers;
  };
  await stage.start({ children: [{ id: "parsers", type: "supervisor", start }] });
  await current[0]?.startChild(stage.child("a").spec);
  current[0]?.kill();
  await stage.settled();
  expect(current.length).toBe(2);
  expect(await current[1]?.children()).toEqual([]);
});
