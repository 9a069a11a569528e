// The status of the daemon: asked when the stream of events opens, when something has happened that changes it, and
// every few seconds while somebody looks.
import { signal } from "@preact/signals";
import type { Status } from "../../../src/api/schemas/status.ts";
import { getStatus } from "../api/routes.ts";
import type { DaemonEvent } from "./events.ts";
import { RepeatedQuestion } from "./repeated-question.ts";
import { setWork } from "./work.ts";

/** The last one known. */
export const status = signal<Status | undefined>(undefined);

const question = new RepeatedQuestion(
  { ask: askStatus, isIdle: () => document.hidden },
  { everyMs: 5_000, soonMs: 300 },
);

async function askStatus(): Promise<void> {
  const answer = await getStatus();
  if (!answer.ok) return;
  status.value = answer.body;
  setWork(answer.body);
}

export function refreshStatus(): Promise<void> {
  return question.askNow();
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
export function statusAfter({ kind }: DaemonEvent): void {
  if (changing.has(kind)) question.askSoon();
}
