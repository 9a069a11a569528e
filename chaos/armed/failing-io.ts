// Makes the n-th call of the file system fail, for a daemon that is started with it (`node --import`). Only calls about
// the daemon's folders count, so that Node.js's own reading of modules does not. FAIL_FILE_CALL is n; 0 only counts.

import { createRequire, syncBuiltinESMExports } from "node:module";

type Call = (...parameters: unknown[]) => unknown;

const files: Record<string, unknown> = createRequire(import.meta.url)("node:fs/promises");
const folder = process.env["DOWNLINK_FILES_DIR"] ?? "";
const failing = Number(process.env["FAIL_FILE_CALL"]);
const pathCalls = [
  "open",
  "rename",
  "link",
  "unlink",
  "mkdir",
  "rmdir",
  "readdir",
  "opendir",
  "lstat",
  "stat",
  "readFile",
  "writeFile",
  "rm",
];
const handleCalls = ["read", "stat"] as const;
let calls = 0;

/** An error as the operating system gives it. */
class InputOutputError extends Error {
  readonly code = "EIO";
  readonly errno = -5;
  readonly syscall: string;

  constructor(syscall: string) {
    super(`EIO: i/o error, ${syscall}`);
    this.syscall = syscall;
  }
}

/** @throws for the chosen call. */
async function pass(syscall: string): Promise<void> {
  calls++;
  process.send?.({ kind: "passed", point: "file call", nth: calls });
  if (calls !== failing) return;
  process.send?.({ kind: "reached", point: "file call", nth: calls });
  throw new InputOutputError(syscall);
}

function isCall(value: unknown): value is Call {
  return typeof value === "function";
}

for (const name of pathCalls) {
  const original = files[name];
  if (!isCall(original)) continue;
  files[name] = async (...parameters: unknown[]): Promise<unknown> => {
    const isOurs = String(parameters[0]).startsWith(folder);
    if (isOurs) await pass(name);
    const result = await original(...parameters);
    if (isOurs && name === "open") failReads(result);
    return result;
  };
}
syncBuiltinESMExports();

function failReads(handle: unknown): void {
  if (!isRecord(handle)) return;
  for (const name of handleCalls) {
    const original = handle[name];
    if (!isCall(original)) continue;
    handle[name] = async (...parameters: unknown[]): Promise<unknown> => {
      await pass(name);
      return original.apply(handle, parameters);
    };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
