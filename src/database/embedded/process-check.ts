// Is this process a PostgreSQL server, and of which folder? A pid in a file proves nothing: after a crash it may belong
// to another program, which must neither be taken for the server nor be sent its signals.
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename } from "node:path";
import { hasCode } from "./file-errors.ts";
import type { OsAccount } from "./os-account.ts";
import { runProgram } from "./run-program.ts";

const limitMs = 10_000;

/** Whether a process has this pid; a zombie counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM"); // There, and not ours.
  }
}

/** Whether `pid` is a running PostgreSQL server of `dataDir`; a zombie is not. The server works in its data folder. */
export async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await commandLine(pid);
  if (!isPostgres(command)) return false;
  if (process.platform !== "linux") return true; // No way to ask for its folder.
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataDir));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH")) return false;
    // Root in a container lacks CAP_SYS_PTRACE and may not see where another account works, but its arguments.
    if (hasCode(error, "EACCES", "EPERM")) return startedFor(dataDir, command.split("\0"));
    throw error;
  }
}

async function startedFor(dataDir: string, commandLineParts: string[]): Promise<boolean> {
  const given = commandLineParts[commandLineParts.indexOf("-D") + 1] ?? "";
  const folder = await realpath(given).catch(() => undefined); // Relative, or gone.
  return folder === (await realpath(dataDir));
}

/** A backend calls itself `postgres: checkpointer` and the like; a zombie's command line is empty. */
function isPostgres(command: string): boolean {
  const [program = ""] = command.split("\0", 1);
  return program.startsWith("postgres:") || basename(program) === "postgres";
}

/** Linux: the arguments, each ended by a NUL. Elsewhere: the program. Empty if there is no such process. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""); // Gone meanwhile.
  }
  const { output } = await runProgram("/bin/ps", ["-o", "comm=", "-p", String(pid)], {
    limitMs,
  });
  return output.trim();
}

/**
 * The pids of all PostgreSQL processes that work in `dataDir`: a server and its backends, or what is left of them.
 * @param account asks as this account, which may see its own processes where root in a container may not.
 * @returns undefined where nobody can tell.
 */
export async function serversIn(
  dataDir: string,
  account: OsAccount | undefined,
): Promise<number[] | undefined> {
  if (process.platform !== "linux") return serversAnywhere();
  const pids = account === undefined ? await ownIn(dataDir) : await othersIn(dataDir, account);
  const commands = await Promise.all(pids.map(commandLine));
  return pids.filter((_, index) => isPostgres(commands[index] ?? "")); // Not a person's shell.
}

/** Without /proc nobody can tell where a server works, but that there is none at all. */
async function serversAnywhere(): Promise<[] | undefined> {
  const { output } = await runProgram("/bin/ps", ["-axo", "comm="], { limitMs });
  return output.split("\n").some((line) => isPostgres(line.trim())) ? undefined : [];
}

async function ownIn(dataDir: string): Promise<number[]> {
  const folder = await realpath(dataDir);
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const at = await readlink(`/proc/${name}/cwd`).catch(() => undefined); // Gone, or not ours.
    if (at === folder) found.push(Number(name));
  }
  return found;
}

const findProcesses = `for cwd in /proc/[0-9]*/cwd; do
  if [ "$cwd" -ef "$1" ]; then cwd="\${cwd#/proc/}"; echo "\${cwd%/cwd}"; fi
done`;

async function othersIn(dataDir: string, account: OsAccount): Promise<number[]> {
  const args = ["-c", findProcesses, "sh", dataDir];
  const { output } = await runProgram("/bin/sh", args, { account, limitMs });
  return output
    .split("\n")
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}
