// The sources as syntax trees, for tests about what stands in them.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "@swc/core";

export interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly tree: SyntaxNode;
}

export async function sourcesIn(root: string, folder: string): Promise<Source[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const paths = names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await readFile(join(root, path), "utf8");
      return { path, text, tree: await treeOf(text) };
    }),
  );
}

export async function treeOf(text: string): Promise<SyntaxNode> {
  const tree: unknown = await parse(text, { syntax: "typescript", target: "es2022" });
  if (!isNode(tree)) throw new Error("no syntax tree");
  return tree;
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

/** All nodes below `value`, itself included; not those below one that `skip` names. */
export function* nodesOf(
  value: unknown,
  skip: (node: SyntaxNode) => boolean = () => false,
): Iterable<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const member of value) yield* nodesOf(member, skip);
  } else if (typeof value === "object" && value !== null) {
    if (isNode(value)) {
      if (skip(value)) return;
      yield value;
    }
    for (const member of Object.values(value)) yield* nodesOf(member, skip);
  }
}

/** The name of an identifier, or `a.b` for a member; "" for anything else. */
export function nameOf(node: unknown): string {
  if (!isNode(node)) return "";
  if (node.type === "Identifier" && typeof node["value"] === "string") return node["value"];
  if (node.type === "MemberExpression")
    return `${nameOf(node["object"])}.${nameOf(node["property"])}`;
  return "";
}
