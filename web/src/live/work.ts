// The packages in work, as the last status and the events since then say. Events come many a second; the page is drawn
// again four times a second at most.
import { signal } from "@preact/signals";
import type { PackageInWork, Status } from "../../../src/api/schemas/status.ts";
import type { DaemonEvent } from "./events.ts";

const drawMs = 250;

/** In the order in which they were taken up. */
export const work = signal<readonly PackageInWork[]>([]);

const current = new Map<number, PackageInWork>();
/** Lately. A status that was asked for before their end may still name them. */
const ended = new Set<number>();
const mostEnded = 1_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function setWork(status: Status): void {
  current.clear();
  for (const one of status.work) if (!ended.has(one.fileId)) current.set(one.fileId, one);
  draw();
}

export function applyToWork(event: DaemonEvent): void {
  switch (event.kind) {
    case "package_claimed":
      ended.delete(event.fileId); // Sent again.
      current.set(event.fileId, claimed(event));
      break;
    case "package_progress":
      ended.delete(event.fileId);
      current.set(event.fileId, event);
      break;
    case "package_complete":
    case "package_failed":
    case "package_duplicate":
      current.delete(event.fileId);
      if (ended.size >= mostEnded) ended.clear();
      ended.add(event.fileId);
      break;
    default:
      return;
  }
  timer ??= setTimeout(draw, drawMs);
}

function draw(): void {
  clearTimeout(timer);
  timer = undefined;
  work.value = [...current.values()].sort((a, b) => a.fileId - b.fileId);
}

function claimed({
  fileId,
  name,
  sizeBytes,
  at,
}: Extract<DaemonEvent, { kind: "package_claimed" }>): PackageInWork {
  const nothing = { offset: 0, share: 0, totalLines: 0, importedLines: 0, errors: 0 };
  const noSpeed = { rowsPerSecond: 0, bytesPerSecond: 0, secondsLeft: null };
  const what = { fileId, name, sizeBytes, satelliteType: null };
  return { ...what, ...nothing, ...noSpeed, state: "claimed", since: at };
}
