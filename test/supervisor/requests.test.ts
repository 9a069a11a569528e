// R8: each request with each of its answers, and when it is served.
import { describe, expect, test } from "vitest";
import { ActorStoppedError } from "../../src/errors.ts";
import { Stage } from "./stage.ts";

/** A supervisor with a child in each state: running, stopped, restarting for a thousand tries. */
async function threeStates() {
  const stage = new Stage();
  const [up, down, again] = [stage.child("up"), stage.child("down"), stage.child("again")];
  const supervisor = await stage.start({ maxRestarts: 1e9 }, up, down, again);
  await supervisor.terminateChild("down");
  again.plan.push(...Array<"fail">(1_000).fill("fail"));
  again.exit("crash");
  await new Promise((resolve) => setTimeout(resolve, 0)); // Some tries later.
  return { stage, supervisor, up, down, again };
}

describe("startChild", () => {
  test("starts a further child behind the others", async () => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b")];
    const supervisor = await stage.start({ strategy: "one_for_all" }, a);
    const answer = await supervisor.startChild(b.spec);
    expect(answer).toEqual({ kind: "started", component: b.component });
    await stage.happened();
    supervisor.stop();
    expect(await stage.happened()).toEqual(["stop b", "stop a"]);
  });

  test("answers already_started with the child that runs", async () => {
    const { stage, supervisor, up } = await threeStates();
    const answer = await supervisor.startChild(stage.child("up").spec);
    expect(answer).toEqual({ kind: "already_started", component: up.component });
    supervisor.kill();
  });

  test.each(["down", "again"])("answers already_present for a spec without a child", async (id) => {
    const { stage, supervisor } = await threeStates();
    expect(await supervisor.startChild(stage.child(id).spec)).toEqual({ kind: "already_present" });
    supervisor.kill();
  });

  test("answers the start error, drops the spec, counts no restart, reports nothing", async () => {
    const stage = new Stage();
    const supervisor = await stage.start({ maxRestarts: 0 });
    const a = stage.child("a");
    a.plan.push("fail");
    const answer = await supervisor.startChild(a.spec);
    expect(answer).toEqual({ kind: "start_error", error: new Error("no start") });
    expect(await supervisor.children()).toEqual([]);
    expect(stage.reports).toEqual([]);
  });

  test("answers ignored; the spec is kept unless it is temporary", async () => {
    const stage = new Stage();
    const supervisor = await stage.start({});
    const [a, b] = [stage.child("a"), stage.child("b", { restart: "temporary" })];
    a.plan.push("ignore");
    b.plan.push("ignore");
    expect(await supervisor.startChild(a.spec)).toEqual({ kind: "ignored" });
    expect(await supervisor.startChild(b.spec)).toEqual({ kind: "ignored" });
    expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "stopped" }]);
  });
});

describe("terminateChild", () => {
  test("stops the child and keeps its spec", async () => {
    const { supervisor, up } = await threeStates();
    expect(await supervisor.terminateChild("up")).toEqual({ kind: "terminated" });
    expect(await up.component.exited).toEqual({ kind: "shutdown" });
    expect((await supervisor.children())[0]).toEqual({
      id: "up",
      type: "worker",
      state: "stopped",
    });
    supervisor.kill();
  });

  test("forgets a temporary child", async () => {
    const stage = new Stage();
    const supervisor = await stage.start({}, stage.child("a", { restart: "temporary" }));
    await supervisor.terminateChild("a");
    expect(await supervisor.children()).toEqual([]);
  });

  test("cancels a pending try", async () => {
    const { stage, supervisor, again } = await threeStates();
    expect(await supervisor.terminateChild("again")).toEqual({ kind: "terminated" });
    await stage.settled();
    expect(again.runs).toBe(1);
  });

  test("is content with a child that does not run, and answers not_found for none", async () => {
    const { supervisor } = await threeStates();
    expect(await supervisor.terminateChild("down")).toEqual({ kind: "terminated" });
    expect(await supervisor.terminateChild("nobody")).toEqual({ kind: "not_found" });
    supervisor.kill();
  });

  test("kills a child that hangs, and reports it in the context of a request", async () => {
    const stage = new Stage();
    const a = stage.child("a", { shutdownMs: 10 });
    a.hangs = true;
    const supervisor = await stage.start({}, a);
    const answer = supervisor.terminateChild("a");
    await stage.settled();
    await stage.clock.advance(10);
    expect(await answer).toEqual({ kind: "terminated" });
    expect(stage.reports).toMatchObject([{ kind: "shutdown_error", context: "request" }]);
  });
});

describe("restartChild and deleteChild", () => {
  test.each([
    ["up", "running"],
    ["again", "restarting"],
    ["nobody", "not_found"],
  ])("answer for %s: %s", async (id, kind) => {
    const { supervisor } = await threeStates();
    expect(await supervisor.restartChild(id)).toEqual({ kind });
    expect(await supervisor.deleteChild(id)).toEqual({ kind });
    supervisor.kill();
  });

  test("restartChild starts a child that does not run; a start error leaves its spec", async () => {
    const { supervisor, down } = await threeStates();
    down.plan.push("fail", "ignore");
    expect(await supervisor.restartChild("down")).toMatchObject({ kind: "start_error" });
    expect(await supervisor.restartChild("down")).toEqual({ kind: "ignored" });
    const answer = await supervisor.restartChild("down");
    expect(answer).toEqual({ kind: "started", component: down.component });
    supervisor.kill();
  });

  test("deleteChild forgets a child that does not run", async () => {
    const { supervisor } = await threeStates();
    expect(await supervisor.deleteChild("down")).toEqual({ kind: "deleted" });
    expect((await supervisor.children()).map(({ id }) => id)).toEqual(["up", "again"]);
    supervisor.kill();
  });
});

test("children: id, type, and the component or what it is instead, in start order", async () => {
  const { supervisor, up } = await threeStates();
  expect(await supervisor.children()).toEqual([
    { id: "up", type: "worker", state: "running", component: up.component },
    { id: "down", type: "worker", state: "stopped" },
    { id: "again", type: "worker", state: "restarting" },
  ]);
  supervisor.kill();
});

test("count: specs, active, supervisors, workers", async () => {
  const { stage, supervisor } = await threeStates();
  await supervisor.startChild(stage.child("nested", { type: "supervisor" }).spec);
  const count = { specs: 4, active: 2, supervisors: 1, workers: 3 };
  expect(await supervisor.count()).toEqual(count);
  supervisor.kill();
});

describe("when a request is served", () => {
  test("one at a time, in order, and never in the middle of a restart", async () => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b")];
    const supervisor = await stage.start({ strategy: "one_for_all" }, a, b);
    await stage.happened();
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    a.plan.push(opened);
    a.exit("crash");
    await stage.settled();
    const answers = [
      supervisor.terminateChild("b").then(() => stage.note("terminated")),
      supervisor.restartChild("b").then(() => stage.note("restarted")),
    ];
    await stage.settled();
    open();
    await Promise.all(answers);
    expect(await stage.happened()).toEqual([
      "child_terminated a crash",
      "stop b",
      "start a",
      "start b",
      "stop b",
      "terminated",
      "start b",
      "restarted",
    ]);
  });

  test("one that comes behind a stop, or after the end, is refused", async () => {
    const stage = new Stage();
    const supervisor = await stage.start({}, stage.child("a"));
    supervisor.stop();
    await expect(supervisor.count()).rejects.toThrow(ActorStoppedError);
    await supervisor.exited;
    await expect(supervisor.terminateChild("a")).rejects.toThrow("terminateChild a not served");
  });

  test("one that is being served when the supervisor is killed is refused too", async () => {
    const stage = new Stage();
    const supervisor = await stage.start({});
    const a = stage.child("a");
    a.plan.push(new Promise(() => {}));
    const refused = expect(supervisor.startChild(a.spec)).rejects.toThrow(ActorStoppedError);
    await stage.settled();
    supervisor.kill();
    await refused;
  });
});
