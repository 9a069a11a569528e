// How one component is stopped (R2): asked, given its time, then killed. Who is stopped when, and whether the way it
// ended is worth a report, is for the supervisor.
import type { Clock } from "./clock.ts";
import type { Component, Exit } from "./component.ts";

/** @param shutdownMs from `stop` to `kill`; 0: killed without being asked; Infinity: never killed */
export async function stopComponent(
  component: Component,
  shutdownMs: number,
  clock: Clock,
): Promise<Exit> {
  if (shutdownMs === 0) {
    component.kill();
    return component.exited;
  }
  component.stop();
  if (shutdownMs === Number.POSITIVE_INFINITY) return component.exited;
  const cancelTimer = clock.after(shutdownMs, () => component.kill());
  return component.exited.finally(cancelTimer);
}
