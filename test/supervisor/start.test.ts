// R1: how a supervisor starts, and what it refuses to start at all.
import { describe, expect, test } from "vitest";
import { ChildStartError, InvalidSpecError } from "../../src/errors.ts";
import type {
  ChildSpec,
  DynamicSupervisorSpec,
  SupervisorSpec,
} from "../../src/supervisor/child-spec.ts";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import { reactions } from "../support/manual-clock.ts";
import { Stage } from "./stage.ts";

function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test("children are started in list order, each awaited before the next", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  const { open, opened } = gate();
  a.plan.push(opened);
  const supervisor = stage.start({}, a, b);
  expect(await stage.happened()).toEqual(["start a"]);
  open();
  await supervisor;
  expect(await stage.happened()).toEqual(["start b"]);
});

test("a failed start stops the earlier ones in reverse, is reported and names the child", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  const [c, d] = [stage.child("c"), stage.child("d")];
  c.plan.push("fail");
  const error = await stage.start({}, a, b, c, d).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ChildStartError);
  expect(error).toMatchObject({
    message: "supervisor top: child c could not be started: no start",
    cause: { message: "no start" },
  });
  expect(await stage.happened()).toEqual([
    "start a",
    "start b",
    "start c",
    "start_error c no start",
    "stop b",
    "stop a",
  ]);
  expect(stage.reports).toMatchObject([
    { kind: "start_error", supervisor: "top", context: "starting", child: { id: "c" } },
  ]);
});

test("ignore keeps the spec without a child; a temporary one is dropped", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b", { restart: "temporary" })];
  a.plan.push("ignore");
  b.plan.push("ignore");
  const supervisor = await stage.start({}, a, b);
  expect(await supervisor.children()).toEqual([{ id: "a", type: "worker", state: "stopped" }]);
});

describe("stopping a start", () => {
  test("no further child is started, those that run are stopped in reverse, the reason is thrown", async () => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b")];
    const [c, d] = [stage.child("c"), stage.child("d")];
    const { open, opened } = gate();
    c.plan.push(opened);
    const asked = new AbortController();
    const spec = {
      id: "top",
      strategy: "one_for_one",
      children: [a, b, c, d].map((child) => child.spec),
    } as const;
    const start = startSupervisor(spec, { ...stage.options, signal: asked.signal });
    const refused = expect(start).rejects.toThrow("SIGTERM");
    await reactions();
    asked.abort(new Error("SIGTERM"));
    open();
    await refused;
    const expected = ["start a", "start b", "start c", "stop c", "stop b", "stop a"];
    expect(await stage.happened()).toEqual(expected);
  });

  test("nested supervisors with the same signal stop with it, without a report", async () => {
    const stage = new Stage();
    const [a, b] = [stage.child("a"), stage.child("b")];
    const asked = new AbortController();
    const options = { ...stage.options, signal: asked.signal };
    const { open, opened } = gate();
    b.plan.push(opened);
    const inner = { id: "inner", strategy: "one_for_one", children: [b.spec] } as const;
    const nested: ChildSpec = {
      id: "inner",
      type: "supervisor",
      start: () => startSupervisor(inner, options),
    };
    const start = startSupervisor(
      { id: "top", strategy: "one_for_one", children: [a.spec, nested] },
      options,
    );
    const refused = expect(start).rejects.toMatchObject({ name: "AbortError" });
    await reactions();
    asked.abort();
    open();
    await refused;
    expect(await stage.happened()).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  test("a signal that was aborted before starts nothing", async () => {
    const stage = new Stage();
    const children = [stage.child("a").spec];
    const signal = AbortSignal.abort(new Error("too late"));
    const spec = { id: "top", strategy: "one_for_one", children } as const;
    await expect(startSupervisor(spec, { ...stage.options, signal })).rejects.toThrow("too late");
    expect(stage.journal).toEqual([]);
  });
});

test("a report function that throws fails the start, and leaves no child behind", async () => {
  const stage = new Stage();
  const [a, b] = [stage.child("a"), stage.child("b")];
  b.plan.push("fail");
  const report = (): void => {
    throw new Error("disk full");
  };
  const spec = { id: "top", strategy: "one_for_one", children: [a.spec, b.spec] } as const;
  const start = startSupervisor(spec, { clock: stage.clock, report });
  await expect(start).rejects.toThrow("disk full");
  expect(await a.component.exited).toEqual({ kind: "killed" });
});

describe("what is refused before anything starts", () => {
  // Values as they may come from a configuration: nothing has checked their types.
  const loose = <Spec>(value: unknown): Spec => JSON.parse(JSON.stringify(value));

  test.each<[string, Partial<SupervisorSpec>]>([
    [
      'supervisor "top": strategy takes one_for_one, rest_for_one, one_for_all, got "some"',
      loose({ strategy: "some" }),
    ],
    [
      'autoShutdown takes never, any_significant, all_significant, got "yes"',
      loose({ autoShutdown: "yes" }),
    ],
    ["maxRestarts takes an integer >= 0, got -1", { maxRestarts: -1 }],
    ["maxRestarts takes an integer >= 0, got 1.5", { maxRestarts: 1.5 }],
    ["maxSeconds takes a number > 0, got 0", { maxSeconds: 0 }],
    ["maxSeconds takes a number > 0, got NaN", { maxSeconds: Number.NaN }],
    ['supervisor "": id takes a text that is not empty, got ""', { id: "" }],
  ])("%s", async (sentence, change) => {
    const stage = new Stage();
    const start = stage.start(change, stage.child("a"));
    await expect(start).rejects.toThrow(InvalidSpecError);
    await expect(start).rejects.toThrow(sentence);
    expect(stage.journal).toEqual([]);
  });

  test.each<[string, Partial<ChildSpec>]>([
    [
      'supervisor "top": child "b": restart takes permanent, transient, temporary, got "often"',
      loose({ restart: "often" }),
    ],
    ['child "b": type takes worker, supervisor, got "boss"', loose({ type: "boss" })],
    ['child "b": shutdownMs takes 0 to 2147483647 or Infinity, got -1', { shutdownMs: -1 }],
    ["shutdownMs takes 0 to 2147483647 or Infinity, got 2147483648", { shutdownMs: 2 ** 31 }],
    ["shutdownMs takes 0 to 2147483647 or Infinity, got NaN", { shutdownMs: Number.NaN }],
    ['child "b": significant takes a boolean, got "yes"', loose({ significant: "yes" })],
    ['child "b": start takes a function, got "x"', loose({ start: "x" })],
    ['child "": id takes a text that is not empty, got ""', { id: "" }],
    ['children takes each id once, got "a"', { id: "a" }],
    ['restart takes transient or temporary if significant, got "permanent"', { significant: true }],
    [
      "significant takes false under autoShutdown never, got true",
      { significant: true, restart: "transient" },
    ],
  ])("%s", async (sentence, change) => {
    const stage = new Stage();
    const wrong = { ...stage.child("b").spec, ...change };
    const children = [stage.child("a").spec, wrong];
    const start = stage.start({ children });
    await expect(start).rejects.toThrow(InvalidSpecError);
    await expect(start).rejects.toThrow(sentence);
    expect(stage.journal).toEqual([]);
  });

  test.each<[string, Partial<DynamicSupervisorSpec>]>([
    ["maxChildren takes an integer >= 0 or Infinity, got -1", { maxChildren: -1 }],
    ["maxRestarts takes an integer >= 0, got Infinity", { maxRestarts: Number.POSITIVE_INFINITY }],
  ])("a dynamic supervisor: %s", async (sentence, change) => {
    await expect(new Stage().startDynamic(change)).rejects.toThrow(sentence);
  });

  test("also at run time: startChild throws, and the supervisor goes on", async () => {
    const stage = new Stage();
    const supervisor = await stage.start({}, stage.child("a"));
    const wrong = stage.child("b", { significant: true, restart: "temporary" }).spec;
    await expect(supervisor.startChild(wrong)).rejects.toThrow(InvalidSpecError);
    const dynamic = await stage.startDynamic();
    await expect(dynamic.startChild(wrong)).rejects.toThrow(InvalidSpecError);
    expect(await supervisor.count()).toMatchObject({ active: 1 });
  });
});
