// The view of a tree: what it says, and that looking changes nothing and waits for nothing.
import { expect, test } from "vitest";
import { type TreeNode, treeView } from "../../src/registry/tree-view.ts";
import { startSupervisor } from "../../src/supervisor/supervisor.ts";
import { Stage } from "../supervisor/stage.ts";

const iso = (ms: number): string => new Date(Date.UTC(2024, 0, 1) + ms).toISOString();

function node(id: string, more: Partial<TreeNode> = {}): TreeNode {
  return {
    id,
    type: "worker",
    state: "running",
    restarts: 0,
    since: iso(0),
    children: [],
    ...more,
  };
}

async function tree() {
  const stage = new Stage();
  const [a, b, c] = [
    stage.child("a"),
    stage.child("b", { restart: "transient" }),
    stage.child("c"),
  ];
  const inner = {
    id: "inner",
    strategy: "one_for_one",
    children: [b.spec, c.spec],
  } as const;
  const start = () => startSupervisor(inner, stage.options);
  const children = [a.spec, { id: "inner", type: "supervisor", start } as const];
  return { stage, a, b, c, supervisor: await stage.start({ children }) };
}

test("each component with its state, its restarts and since when, nested as it is", async () => {
  const { stage, a, b, supervisor } = await tree();
  await stage.clock.advance(1_000);
  a.exit("crash");
  await stage.settled();
  await stage.clock.advance(500);
  b.exit("normal");
  await stage.settled();
  expect(treeView(supervisor)).toEqual(
    node("top", {
      type: "supervisor",
      children: [
        node("a", { restarts: 1, since: iso(1_000) }),
        node("inner", {
          type: "supervisor",
          children: [node("b", { state: "stopped", since: iso(1_500) }), node("c")],
        }),
      ],
    }),
  );
});

test("it is plain data: JSON loses nothing", async () => {
  const { supervisor } = await tree();
  const view = treeView(supervisor);
  expect(JSON.parse(JSON.stringify(view))).toEqual(view);
});

test("a start that hangs is seen as starting, at once", async () => {
  const { stage, a, supervisor } = await tree();
  a.plan.push(new Promise(() => {}));
  a.exit("crash");
  await stage.settled();
  expect(treeView(supervisor).children[0]).toMatchObject({ id: "a", state: "starting" });
});

test("a stop that takes its time is seen as stopping, then all as stopped", async () => {
  const { stage, a, c, supervisor } = await tree();
  c.hangs = true;
  supervisor.stop();
  await stage.settled();
  expect(treeView(supervisor)).toMatchObject({
    state: "stopping",
    children: [
      { id: "a", state: "running" },
      { id: "inner", state: "stopping", children: [{ state: "running" }, { state: "stopping" }] },
    ],
  });
  c.exit("shutdown");
  await supervisor.exited;
  const view = treeView(supervisor);
  expect(view).toMatchObject({ state: "stopped", children: [{ id: "a", state: "stopped" }, {}] });
  expect(a.runs).toBe(1);
});

test("a dynamic supervisor shows who is there now", async () => {
  const stage = new Stage();
  const supervisor = await stage.startDynamic();
  const a = stage.child("a", { restart: "temporary" });
  await supervisor.startChild(a.spec);
  expect(treeView(supervisor).children).toEqual([node("a")]);
  a.exit("normal");
  await stage.settled();
  expect(treeView(supervisor).children).toEqual([]);
});
