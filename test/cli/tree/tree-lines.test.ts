// The supervision tree as lines.
import { expect, test } from "vitest";
import type { Tree, TreeNode } from "../../../src/api/schemas/tree.ts";
import { treeLines } from "../../../src/cli/tree/tree-lines.ts";

const node = (id: string, change: Partial<TreeNode> = {}): TreeNode => ({
  id,
  type: "worker",
  state: "running",
  restarts: 0,
  since: "2024-05-01T12:00:00.000000Z",
  children: [],
  ...change,
});

const parser = node("file-parser:7", {
  type: "supervisor",
  since: "2024-05-01T13:59:30.000000Z",
  children: [node("data-staging:7"), node("file-reader:7", { state: "restarting", restarts: 2 })],
});
const tree: Tree = {
  at: "2024-05-01T14:00:00.000000Z",
  root: node("telemetry", {
    type: "supervisor",
    children: [
      node("database", { restarts: 1 }),
      node("file-parsers", { type: "supervisor", children: [parser] }),
      node("intake"),
    ],
  }),
};

test("a child stands below its supervisor, with state, age and restarts", () => {
  const lines = treeLines(tree, { columns: 80, hasColours: false });
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    telemetry                running     for 2 h
    ├─ database              running     for 2 h   1 restart
    ├─ file-parsers          running     for 2 h
    │  └─ file-parser:7      running     for 30 s
    │     ├─ data-staging:7  running     for 2 h
    │     └─ file-reader:7   restarting  for 2 h   2 restarts
    └─ intake                running     for 2 h
    "
  `);
});
