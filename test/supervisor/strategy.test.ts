// R4 and R6: who is restarted with a child that failed, and what happens if that start fails too.
import { expect, test } from "vitest";
import { Stage } from "./stage.ts";

test("one_for_one leaves the siblings alone", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  await stage.start({ strategy: "one_for_one" }, a, b, c);
  await stage.happened();
  b.exit("crash");
  expect(await stage.happened()).toEqual(["child_terminated b crash", "start b"]);
});

test("rest_for_one stops only the later ones, in reverse, and starts them in order", async () => {
  const stage = new Stage();
  const [a, b, c, d] = [stage.child("a"), stage.child("b"), stage.child("c"), stage.child("d")];
  await stage.start({ strategy: "rest_for_one" }, a, b, c, d);
  await stage.happened();
  b.exit("crash");
  const expected = ["stop d", "stop c", "start b", "start c", "start d"];
  expect(await stage.happened()).toEqual(["child_terminated b crash", ...expected]);
});

test("one_for_all stops all others in reverse and starts all in order", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  await stage.start({ strategy: "one_for_all" }, a, b, c);
  await stage.happened();
  b.exit("crash");
  const expected = ["stop c", "stop a", "start a", "start b", "start c"];
  expect(await stage.happened()).toEqual(["child_terminated b crash", ...expected]);
});

test.each(["rest_for_one", "one_for_all"] as const)(
  "%s: a temporary sibling that was stopped stays gone",
  async (strategy) => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b", { restart: "temporary" })];
    const supervisor = await stage.start({ strategy }, a, b);
    await stage.happened();
    a.exit("crash");
    expect(await stage.happened()).toEqual(["child_terminated a crash", "stop b", "start a"]);
    expect(await supervisor.count()).toMatchObject({ specs: 1 });
  },
);

test.each(["rest_for_one", "one_for_all"] as const)(
  "%s: a transient sibling that had finished, and one stopped by hand, are started again",
  async (strategy) => {
    const stage = new Stage();
    const [a, b, c] = [
      stage.child("a"),
      stage.child("b", { restart: "transient" }),
      stage.child("c"),
    ];
    const supervisor = await stage.start({ strategy }, a, b, c);
    b.exit("normal");
    await stage.settled();
    await supervisor.terminateChild("c");
    await stage.happened();
    a.exit("crash");
    const expected = ["child_terminated a crash", "start a", "start b", "start c"];
    expect(await stage.happened()).toEqual(expected);
  },
);

test("a sibling that fails at the same moment is stopped, reported, and counted once", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  const supervisor = await stage.start({ strategy: "one_for_all", maxRestarts: 1 }, a, b);
  await stage.happened();
  a.exit("crash");
  b.exit("crash");
  expect(await stage.happened()).toEqual([
    "child_terminated a crash",
    "shutdown_error b crash",
    "start a",
    "start b",
  ]);
  expect(await supervisor.count()).toMatchObject({ active: 2 });
});

test("a start that fails in a restart is reported and tried again", async () => {
  const stage = new Stage();
  const a = stage.child("a");
  await stage.start({}, a);
  await stage.happened();
  a.plan.push("fail", "fail");
  a.exit("crash");
  expect(await stage.happened()).toEqual([
    "child_terminated a crash",
    "start a",
    "start_error a no start",
    "start a",
    "start_error a no start",
    "start a",
  ]);
  expect(stage.reports.map(({ context }) => context)).toEqual([
    "running",
    "restarting",
    "restarting",
  ]);
});

test("rest_for_one goes on at the child that failed: those before it stay up", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  await stage.start({ strategy: "rest_for_one" }, a, b, c);
  await stage.happened();
  b.plan.push("fail");
  a.exit("crash");
  expect(await stage.happened()).toEqual([
    "child_terminated a crash",
    "stop c",
    "stop b",
    "start a",
    "start b",
    "start_error b no start",
    "start b",
    "start c",
  ]);
});

test("one_for_all stops what is up and starts all", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  await stage.start({ strategy: "one_for_all" }, a, b, c);
  await stage.happened();
  b.plan.push("fail");
  c.exit("crash");
  expect(await stage.happened()).toEqual([
    "child_terminated c crash",
    "stop b",
    "stop a",
    "start a",
    "start b",
    "start_error b no start",
    "stop a",
    "start a",
    "start b",
    "start c",
  ]);
});

test("cancelling the try of an earlier sibling leaves no other waiting for it", async () => {
  const stage = new Stage();
  const [a, b, c] = [stage.child("a"), stage.child("b"), stage.child("c")];
  const supervisor = await stage.start({ strategy: "one_for_all" }, a, b, c);
  a.plan.push("fail");
  c.hangs = true; // Until both requests are in the queue: a's next try then comes behind them.
  b.exit("crash");
  await stage.settled();
  const answers = [supervisor.terminateChild("a"), supervisor.restartChild("b")];
  c.exit("shutdown");
  expect(await Promise.all(answers)).toMatchObject([{ kind: "terminated" }, { kind: "started" }]);
});

test("a pending try that a sibling's restart has overtaken is not made", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  const supervisor = await stage.start({ strategy: "rest_for_one", maxRestarts: 9 }, a, b);
  await stage.happened();
  b.plan.push("fail");
  b.exit("crash"); // b's try waits behind a's end.
  a.exit("crash");
  expect(await stage.happened()).toEqual([
    "child_terminated b crash",
    "start b",
    "start_error b no start",
    "child_terminated a crash",
    "start a",
    "start b",
  ]);
  expect(await supervisor.count()).toMatchObject({ active: 2 });
});
