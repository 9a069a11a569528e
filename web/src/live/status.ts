// The status of the daemon: asked when the stream of events opens, when something has happened that changes it, and
// every few seconds while somebody looks.
import { signal } from "@preact/signals";
import type { Status } from "../../../src/api/schemas/status.ts";
import { getStatus } from "../api/routes.ts";
import type { DaemonEvent } from "./events.ts";
import { setWork } from "./work.ts";

/** The last one known. */
export const status = signal<Status | undefined>(undefined);

const everyMs = 5_000;
const soonMs = 300;
let timer: ReturnType<typeof setTimeout> | undefined;
let isAsking = false;
let isDue = false;

export async function refreshStatus(): Promise<void> {
  isDue = isAsking;
  if (isAsking) return;
  isAsking = true;
  const answer = await getStatus();
  isAsking = false;
  if (answer.ok) {
    status.value = answer.body;
    setWork(answer.body);
  }
  schedule(isDue ? soonMs : everyMs);
}

function schedule(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (document.hidden) schedule(everyMs);
    else void refreshStatus();
  }, ms);
}

const changing = new Set<DaemonEvent["kind"]>([
  "package_claimed",
  "package_complete",
  "package_failed",
  "package_duplicate",
  "component_restarted",
  "throttle_changed",
  "database_changed",
  "settings_changed",
]);

/** Events come in swarms; one question answers them all. */
let soonAtMs = 0;
export function statusAfter({ kind }: DaemonEvent): void {
  const ms = performance.now();
  if (!changing.has(kind) || ms < soonAtMs) return;
  soonAtMs = ms + soonMs;
  schedule(soonMs);
}
