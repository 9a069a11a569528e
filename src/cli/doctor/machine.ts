// The doctor looks at the machine: Node.js, room on the disks, the limits of inotify.
import { watch } from "node:fs";
import { readFile, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isErrno } from "../../folders/file-identity.ts";
import { bytesText, countText, percentText } from "../text/figures.ts";
import { type Finding, notChecked, ok, warning, words, wrong } from "./finding.ts";

/** package.json, "engines". */
const oldestNode = { major: 20, minor: 19 };

/** @param version as in process.versions.node */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough =
    major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  if (isNewEnough) return ok("Node.js", version);
  const needed = `${oldestNode.major}.${oldestNode.minor}`;
  return wrong("Node.js", version, `Install Node.js ${needed} or newer; 24 is recommended.`);
}

/** Room on a file system. */
export interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Files that can still be made; undefined where there is no limit. */
  readonly freeFiles?: number | undefined;
}

const littleBytes = 5e9;
const tooLittleBytes = 500e6;
const littleFiles = 10_000;

export function judgeRoom(name: string, place: string, room: Room): Finding {
  const { freeBytes, totalBytes, freeFiles } = room;
  const share = totalBytes === 0 ? 0 : freeBytes / totalBytes;
  const found = `${place}: ${bytesText(freeBytes)} free of ${bytesText(totalBytes)} (${percentText(share)})`;
  if (freeBytes < tooLittleBytes) {
    return wrong(name, found, "Make room: a full disk stops the loading, and then the database.");
  }
  if (freeFiles !== undefined && freeFiles < littleFiles) {
    const files = `${found}, room for ${countText(freeFiles)} more files`;
    return warning(name, files, "Remove files: each package in the inbox takes an inode.");
  }
  if (freeBytes >= littleBytes) return ok(name, found);
  return warning(
    name,
    found,
    "Make room, or limit what is kept: DOWNLINK_ARCHIVE_MAX_BYTES, DOWNLINK_ARCHIVE_MAX_AGE_HOURS.",
  );
}

/** @param folder it, or the nearest folder above it that is there */
export async function checkRoom(name: string, folder: string): Promise<Finding> {
  const place = await nearestFolder(resolve(folder));
  try {
    const { bavail, blocks, bsize, files, ffree } = await statfs(place);
    const freeFiles = files === 0 ? undefined : ffree;
    return judgeRoom(name, place, {
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      freeFiles,
    });
  } catch (error) {
    return notChecked(name, words(error));
  }
}

async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const isThere = await stat(at).then(
      () => true,
      () => false,
    );
    if (isThere || at === dirname(at)) return at;
  }
}

const inotify = "/proc/sys/fs/inotify";
const slower = "Packages are found all the same, by the scan";

/** Hints of the file system: without them a package waits for the next scan. */
export async function checkHints(ingest: string, scanIntervalMs: number): Promise<Finding> {
  const limits = await inotifyLimits();
  const shown =
    limits === undefined
      ? "events of the file system"
      : `inotify: ${countText(limits.watches)} watches, ${countText(limits.instances)} instances for each user`;
  const problem = tryToWatch(ingest);
  if (problem === undefined) return ok("hints", shown);
  if (problem === "there is no inbox yet") return notChecked("hints", `${shown}; ${problem}`);
  const raise = "raise fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl)";
  return warning(
    "hints",
    `${shown}; the inbox cannot be watched (${problem})`,
    `${slower} every ${scanIntervalMs} ms. To have them at once ${raise}.`,
  );
}

async function inotifyLimits() {
  const read = async (name: string) =>
    Number(await readFile(`${inotify}/max_user_${name}`, "utf8"));
  try {
    return { watches: await read("watches"), instances: await read("instances") };
  } catch {
    return undefined; // Not Linux, or hidden.
  }
}

/** @returns why the folder cannot be watched */
function tryToWatch(folder: string): string | undefined {
  try {
    watch(folder, { persistent: false }).close();
    return undefined;
  } catch (error) {
    return isErrno(error, "ENOENT") ? "there is no inbox yet" : words(error);
  }
}
