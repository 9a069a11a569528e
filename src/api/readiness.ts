// Whether the daemon can load packages, and if not, why: the database, the folders, and the parts of the tree without
// which nothing is taken up.
import { access, constants } from "node:fs/promises";
import type { Folders } from "../folders/folders.ts";
import { databaseKey } from "../parsers/parts.ts";
import type { Registry } from "../registry/registry.ts";
import { rootKey, type TreeNode, treeView } from "../registry/tree-view.ts";
import type { Readiness } from "./schemas/health.ts";

type Reason = Readiness["reasons"][number];

export async function readiness(registry: Registry, folders: Folders): Promise<Readiness> {
  const reasons = [
    ...databaseReasons(registry),
    ...(await folderReasons(folders)),
    ...partReasons(registry),
  ];
  return { ready: reasons.length === 0, reasons };
}

function databaseReasons(registry: Registry): Reason[] {
  const kind = registry.find(databaseKey)?.state.kind ?? "stopped";
  return kind === "ready" ? [] : [{ part: "database", reason: databaseWords[kind] }];
}

const databaseWords = {
  connecting: "not connected yet",
  away: "cannot be reached",
  refused: "a person must set something right, the log says what",
  stopped: "not running",
} as const;

const { R_OK, W_OK, X_OK } = constants;

async function folderReasons(folders: Folders): Promise<Reason[]> {
  const reasons: Reason[] = [];
  for (const name of ["ingest", "processing", "failed"] as const) {
    const isUsable = await access(folders[name], R_OK | W_OK | X_OK).then(
      () => true,
      () => false,
    );
    if (!isUsable) reasons.push({ part: `folder ${name}`, reason: "cannot be read and written" });
  }
  return reasons;
}

const needed = ["parse-workers", "file-parsers", "intake", "file-system-watcher"];

function partReasons(registry: Registry): Reason[] {
  const root = registry.find(rootKey);
  if (root === undefined) return [{ part: "telemetry", reason: "starting" }];
  const view = treeView(root);
  if (view.state !== "running") return [{ part: view.id, reason: view.state }];
  return view.children.filter((part) => needed.includes(part.id)).flatMap(notRunning);
}

function notRunning({ id, state }: TreeNode): Reason[] {
  return state === "running" ? [] : [{ part: id, reason: state }];
}
