// What must not stand in the sources: test hooks, SQL with values in its text, the environment read in passing, and
// tests that wait for time to pass.
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import {
  isNode,
  nameOf,
  nodesOf,
  type Source,
  type SyntaxNode,
  sourcesIn,
  treeOf,
} from "./syntax-tree.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
let sources: Source[];
let tests: Source[];

beforeAll(async () => {
  [sources, tests] = await Promise.all([sourcesIn(root, "src"), sourcesIn(root, "test")]);
});

/** Where `find` finds something, as `path: what`. */
function findings(in_: readonly Source[], find: (tree: SyntaxNode) => Iterable<string>): string[] {
  return in_.flatMap(({ path, tree }) => [...find(tree)].map((what) => `${path}: ${what}`));
}

describe("no test hook is in the product", () => {
  test("no variable arms a fault, and nothing knows how to carry one out", () => {
    const hooks = /\bFAULTS\b|armedFaults|\bVITEST\b|NODE_ENV/;
    expect(sources.filter(({ text }) => hooks.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("nothing of test/ is imported", () => {
    const importing = sources.filter(({ text }) => /from "[^"]*\/test\//.test(text));
    expect(importing.map(({ path }) => path)).toEqual([]);
  });
});

const sqlVerb =
  /^\s*(?:(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|CREATE|ALTER|DROP|TRUNCATE|GRANT|SET)\s|(?:select|insert into|update \S+ set|delete from) |COPY \S+ (?:\(|FROM|TO))/;

/** Texts of SQL that are put together from parts. drizzle's own tag makes parameters of them. */
function* builtSql(tree: SyntaxNode): Iterable<string> {
  const isTagged = (node: SyntaxNode): boolean =>
    node.type === "TaggedTemplateExpression" && /^sql(<|$)/.test(nameOf(node["tag"]));
  for (const node of nodesOf(tree, isTagged)) {
    if (node.type === "TemplateLiteral") yield* builtTemplate(node);
    if (node.type === "BinaryExpression" && isSqlText(node["left"])) yield "SQL + value";
    if (node.type === "CallExpression" && nameOf(node["callee"]) === "sql.raw") yield "sql.raw";
  }
}

function* builtTemplate({ quasis, expressions }: SyntaxNode): Iterable<string> {
  if (!Array.isArray(quasis) || !Array.isArray(expressions) || expressions.length === 0) return;
  const [first] = quasis;
  const text = isNode(first) && typeof first["raw"] === "string" ? first["raw"] : "";
  if (sqlVerb.test(text)) yield `${text.trim()} \${${expressions.map(nameOf).join(", ")}}`;
}

function isSqlText(node: unknown): boolean {
  return (
    isNode(node) &&
    node.type === "StringLiteral" &&
    typeof node["value"] === "string" &&
    sqlVerb.test(node["value"])
  );
}

describe("SQL takes its values as parameters (S6)", () => {
  test("no text of a statement is put together", () => {
    // A constant of ours; CREATE DATABASE takes no parameters.
    const allowed = `src/database/embedded/open-database.ts: CREATE DATABASE \${databaseName}`;
    expect(findings(sources, builtSql)).toEqual([allowed]);
  });

  test.each([
    [`query(\`SELECT * FROM files WHERE id = \${id}\`)`, "SELECT * FROM files WHERE id ="],
    [`query(\`\n  update files set name = '\${row.name}'\`)`, "update files set name ="],
    [`query({ text: \`COPY telemetry (\${columns}) FROM STDIN\` })`, "COPY telemetry ("],
    [`query("DELETE FROM files WHERE id = " + id)`, "SQL + value"],
    ["execute(sql.raw(text))", "sql.raw"],
  ])("the check finds %j", async (text, expected) => {
    expect([...builtSql(await treeOf(text))]).toEqual([expect.stringContaining(expected)]);
  });

  test("and nothing in what is right", async () => {
    const right = `execute(sql\`SELECT \${id}\`); query("SELECT $1", [id]); log(\`call of \${id}\`)`;
    expect([...builtSql(await treeOf(right))]).toEqual([]);
  });
});

function* environmentReads(tree: SyntaxNode): Iterable<string> {
  for (const node of nodesOf(tree)) {
    if (nameOf(node) === "process.env") yield "process.env";
    if (node.type === "ImportSpecifier" && nameOf(node["local"]) === "env") yield "import env";
  }
}

test("the environment is read where a program begins, and nowhere else", () => {
  const allowed = [
    "src/daemon.ts: process.env",
    "src/cli/main.ts: process.env",
    "src/database/embedded/run-program.ts: process.env", // PATH and TMPDIR of initdb and the server.
  ];
  const found = findings(sources, environmentReads);
  expect(found).toContain(allowed[0]);
  expect(found.filter((one) => !allowed.includes(one))).toEqual([]);
});

/** Waits for time to pass: an awaited timer of node:timers/promises, or a promise that a timer resolves. */
function* sleeps(tree: SyntaxNode): Iterable<string> {
  const awaitable = new Set(promisedTimers(tree));
  for (const node of nodesOf(tree)) {
    const { argument } = node;
    if (node.type === "AwaitExpression" && isNode(argument)) {
      if (awaitable.has(nameOf(argument["callee"])) && !isNextTurn(argument)) yield "sleep";
    }
    if (node.type === "NewExpression" && nameOf(node["callee"]) === "Promise") {
      const [executor] = argumentsOf(node);
      const [resolve = ""] = [...nodesOf(executor?.["params"])].map(nameOf).filter(Boolean);
      const calls = [...nodesOf(executor)].filter((one) => nameOf(one["callee"]) === "setTimeout");
      const resolving = calls.filter((call) => nameOf(argumentsOf(call)[0]) === resolve);
      if (resolving.some((call) => !isNextTurn(call))) yield "sleep";
    }
  }
}

/** The names under which setTimeout of node:timers/promises is imported. */
function* promisedTimers(tree: SyntaxNode): Iterable<string> {
  for (const { type, source, specifiers } of nodesOf(tree)) {
    if (type !== "ImportDeclaration" || !isNode(source)) continue;
    if (source["value"] !== "node:timers/promises") continue;
    for (const one of nodesOf(specifiers)) {
      const imported = nameOf(one["imported"]) || nameOf(one["local"]);
      if (one.type === "ImportSpecifier" && imported === "setTimeout") yield nameOf(one["local"]);
    }
  }
}

function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const given: unknown[] = Array.isArray(call["arguments"]) ? call["arguments"] : [];
  return given.map((one) => (isRecord(one) ? one["expression"] : undefined)).filter(isNode);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** setTimeout(resolve, 0): another turn of the loop, and not a time. */
function isNextTurn(call: SyntaxNode): boolean {
  return argumentsOf(call).some((one) => one.type === "NumericLiteral" && one["value"] === 0);
}

describe("no test waits for time to pass", () => {
  test("but for the helpers that ask for a condition again until its deadline", () => {
    const found = findings(tests, sleeps);
    expect(found.filter((one) => !one.startsWith("test/support/"))).toEqual([]);
    expect(found).toContain("test/support/daemon.ts: sleep");
  });

  test.each([
    ["await new Promise((resolve) => setTimeout(resolve, 15));", 1],
    ['import { setTimeout as nap } from "node:timers/promises"; await nap(15);', 1],
    ['import { setTimeout } from "node:timers/promises"; await setTimeout(15);', 1],
    ["await new Promise((resolve) => setTimeout(resolve, 0));", 0],
    ["await new Promise((done, fail) => { setTimeout(fail, 9); child.once('exit', done); });", 0],
  ])("the check tells %j from what is right", async (text, count) => {
    expect([...sleeps(await treeOf(text))]).toHaveLength(count);
  });
});
