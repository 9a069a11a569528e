// Lines loaded and rejected in each of the last seconds, counted from what the events say of each package: so a package
// that is loaded within a moment counts too. It begins when the page is opened.
import { signal } from "@preact/signals";
import type { DaemonEvent } from "./events.ts";

export const historySeconds = 300;

export interface Throughput {
  /** Whole seconds since 1970, ascending; the last one is over. */
  readonly seconds: readonly number[];
  readonly imported: readonly number[];
  readonly rejected: readonly number[];
}

export const throughput = signal<Throughput>({ seconds: [], imported: [], rejected: [] });

interface Lines {
  readonly importedLines: number;
  readonly errors: number;
}

/** What is counted already, by package. */
const counted = new Map<number, Lines>();
let imported = 0;
let rejected = 0;

/** Events that were missed come first when the stream is open again. */
const missedMs = 1_000;
let anewUntilMs = 0;

/** What was loaded before the page looked, or while it could not, is nothing of now. */
export function countAnew(): void {
  anewUntilMs = performance.now() + missedMs;
}

export function countEvent(event: DaemonEvent): void {
  if (performance.now() < anewUntilMs) counted.clear();
  switch (event.kind) {
    case "package_claimed":
      counted.set(event.fileId, { importedLines: 0, errors: 0 });
      return;
    case "package_progress":
      add(event.fileId, event);
      counted.set(event.fileId, event);
      return;
    case "package_complete":
    case "package_failed":
      add(event.fileId, event);
      counted.delete(event.fileId);
      return;
    default:
  }
}

function add(fileId: number, now: Lines): void {
  const before = counted.get(fileId) ?? now;
  imported += Math.max(0, now.importedLines - before.importedLines);
  rejected += Math.max(0, now.errors - before.errors);
}

function keep(list: readonly number[], value: number): readonly number[] {
  return [...list.slice(-(historySeconds - 1)), value];
}

/** Closes the second that has passed. */
function closeSecond(): void {
  const second = Math.floor(Date.now() / 1000) - 1;
  const last = throughput.value;
  throughput.value = {
    seconds: keep(last.seconds, second),
    imported: keep(last.imported, imported),
    rejected: keep(last.rejected, rejected),
  };
  imported = 0;
  rejected = 0;
  setTimeout(closeSecond, 1000 - (Date.now() % 1000) + 5);
}

export function startCounting(): void {
  setTimeout(closeSecond, 1000 - (Date.now() % 1000) + 5);
}

/** A mean of the last seconds; each package says something four times a second, its batches may be longer. */
export function meanOfLast(values: readonly number[], count: number): number {
  const last = values.slice(-count);
  return last.length === 0 ? 0 : last.reduce((sum, value) => sum + value, 0) / last.length;
}
