// What the kernel counts for a process: CPU seconds of it, of its threads and of its children, and resident memory.
// From /proc, so on Linux alone; elsewhere nothing is known, which is a value, and the table shows a dash.
import { readdir, readFile } from "node:fs/promises";

/** USER_HZ: 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;
const kibibytesPerMebibyte = 1_024;

interface ProcessStat {
  readonly parentPid: number;
  /** Of all its threads, those that have ended too. */
  readonly cpuSeconds: number;
  /** Of its children that have ended and were waited for. */
  readonly reapedSeconds: number;
}

export async function cpuSecondsOf(pid: number): Promise<number | undefined> {
  return (await readStat(`/proc/${pid}/stat`))?.cpuSeconds;
}

/** By thread id. The main thread's is the process's. */
export async function cpuSecondsOfThreads(pid: number): Promise<ReadonlyMap<number, number>> {
  const threads = new Map<number, number>();
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const stat = await readStat(`/proc/${pid}/task/${thread}/stat`);
    if (stat !== undefined) threads.set(Number(thread), stat.cpuSeconds);
  }
  return threads;
}

/**
 * Of a process and all its children, those that have ended too: a PostgreSQL has one process for each connection. Read
 * again until nobody was born or died between two looks: one that ends between the look at its parent and the look at
 * itself would be counted nowhere.
 */
export async function cpuSecondsOfFamily(pid: number): Promise<number | undefined> {
  for (let last = await readFamily(pid); ; ) {
    const family = await readFamily(pid);
    if (family === undefined || family.members === last?.members) return family?.cpuSeconds;
    last = family;
  }
}

interface Family {
  /** Who is in it, as a text to compare. */
  readonly members: string;
  readonly cpuSeconds: number;
}

async function readFamily(pid: number): Promise<Family | undefined> {
  const parent = await readStat(`/proc/${pid}/stat`);
  if (parent === undefined) return undefined;
  const children: string[] = [];
  let cpuSeconds = parent.cpuSeconds + parent.reapedSeconds;
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readStat(`/proc/${name}/stat`);
    if (stat?.parentPid !== pid) continue;
    children.push(name);
    cpuSeconds += stat.cpuSeconds;
  }
  return { members: `${parent.reapedSeconds} ${children.sort().join(" ")}`, cpuSeconds };
}

export interface ResidentMemory {
  readonly nowMib: number;
  /** The most since the process began. */
  readonly peakMib: number;
}

export async function residentMemoryOf(pid: number): Promise<ResidentMemory | undefined> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const now = kibibytes(text, "VmRSS");
  const peak = kibibytes(text, "VmHWM");
  if (now === undefined || peak === undefined) return undefined;
  return { nowMib: now / kibibytesPerMebibyte, peakMib: peak / kibibytesPerMebibyte };
}

function kibibytes(status: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/** The fields behind the name, which stands in parentheses and may hold anything. See proc_pid_stat(5). */
async function readStat(path: string): Promise<ProcessStat | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parentPid = 0] = fields;
  const [user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = fields.slice(11, 15);
  return {
    parentPid,
    cpuSeconds: (user + system) / ticksPerSecond,
    reapedSeconds: (reapedUser + reapedSystem) / ticksPerSecond,
  };
}
