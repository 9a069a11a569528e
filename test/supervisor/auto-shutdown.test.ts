// R7: when the end of a significant child ends its supervisor.
import { expect, test } from "vitest";
import { Stage } from "./stage.ts";

const finished = { kind: "shutdown", detail: "finished" };
const transient = { restart: "transient", significant: true } as const;
const temporary = { restart: "temporary", significant: true } as const;

test.each([
  ["transient", "normal"],
  ["transient", "shutdown"],
  ["temporary", "normal"],
  ["temporary", "shutdown"],
  ["temporary", "crash"],
  ["temporary", "killed"],
] as const)("any_significant: a %s child ends %s, the others are stopped", async (restart, end) => {
  const stage = new Stage();
  const [a, b, c] = [
    stage.child("a"),
    stage.child("b", { restart, significant: true }),
    stage.child("c"),
  ];
  const supervisor = await stage.start({ autoShutdown: "any_significant" }, a, b, c);
  b.exit(end);
  expect(await supervisor.exited).toEqual(finished);
  expect(stage.journal.slice(-2)).toEqual(["stop c", "stop a"]);
});

test("any_significant: not after a crash of a transient child, which is restarted", async () => {
  const stage = new Stage();
  const a = stage.child("a", transient);
  const supervisor = await stage.start({ autoShutdown: "any_significant" }, a);
  a.exit("crash");
  await stage.settled();
  expect(await supervisor.count()).toMatchObject({ active: 1 });
});

test("not after the end of a child that is not significant", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a", transient), stage.child("b", { restart: "temporary" })];
  const supervisor = await stage.start({ autoShutdown: "any_significant" }, a, b);
  b.exit("normal");
  await stage.settled();
  expect(await supervisor.count()).toMatchObject({ active: 1 });
});

test("all_significant: only once no significant child is active; one stopped by hand is not", async () => {
  const stage = new Stage();
  const [a, b, c, d] = [
    stage.child("a", transient),
    stage.child("b", temporary),
    stage.child("c", transient),
    stage.child("d"),
  ];
  const supervisor = await stage.start({ autoShutdown: "all_significant" }, a, b, c, d);
  a.exit("normal");
  await supervisor.terminateChild("c");
  await stage.settled();
  expect(await supervisor.count()).toMatchObject({ active: 2 });
  b.exit("crash");
  expect(await supervisor.exited).toEqual(finished);
});

test("all_significant: a child being restarted is active", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a", transient), stage.child("b", transient)];
  const spec = { autoShutdown: "all_significant", maxRestarts: 9 } as const;
  const supervisor = await stage.start(spec, a, b);
  a.plan.push("fail");
  a.exit("crash");
  b.exit("normal"); // Served before a's next try.
  await stage.settled();
  expect(await supervisor.count()).toMatchObject({ active: 1 });
});

test.each(["any_significant", "all_significant"] as const)(
  "%s: not after terminateChild, nor after a stop for a sibling's restart",
  async (autoShutdown) => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b", temporary)];
    const supervisor = await stage.start({ autoShutdown, strategy: "one_for_all" }, a, b);
    a.exit("crash");
    await stage.settled();
    await supervisor.startChild(b.spec);
    await supervisor.terminateChild("b");
    await stage.settled();
    expect(await supervisor.count()).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 });
  },
);
