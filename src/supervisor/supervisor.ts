// A supervisor with children known in advance: starts them in order, keeps them by the rules of its spec, and is
// itself a component, so that trees can be built. The rules are in static-children.ts, its queue in supervisor-loop.ts.
import type { SupervisorSpec } from "./child-spec.ts";
import { resolveChildSpec, resolveSupervisorSpec } from "./spec-validation.ts";
import { StaticChildren } from "./static-children.ts";
import type { Supervisor, SupervisorOptions } from "./supervisor-api.ts";
import { supervisorHome } from "./supervisor-home.ts";
import { SupervisorLoop } from "./supervisor-loop.ts";

/**
 * Starts a supervisor; resolves when its last child has started. It exits `shutdown`, its detail says why: it was asked
 * to, its significant children have finished (R7), or there were too many restarts (R5).
 *
 * To stop it while it starts, abort `signal`; without one the caller waits for the start and stops it then. In both
 * cases a `start` in hand is waited for: nothing can be known of what it has begun.
 *
 * @throws {InvalidSpecError} before anything is started
 * @throws {ChildStartError} a child could not be started: those before it have been stopped again
 * @throws the reason of `signal`, once those that had started have been stopped again
 */
export async function startSupervisor(
  spec: SupervisorSpec,
  { clock, report, signal }: SupervisorOptions,
): Promise<Supervisor> {
  const resolved = resolveSupervisorSpec(spec);
  const { id, autoShutdown } = resolved;
  const home = supervisorHome(clock);
  const children = new StaticChildren(resolved, home, report);
  try {
    await children.startAll(signal);
  } catch (error) {
    children.killAll(); // Only `report` can have left any: it throws where the rules say what to do next.
    throw error;
  }
  const loop = new SupervisorLoop(id, home, children);

  return {
    ...loop.component,
    inspect: () => loop.inspect(),
    async startChild(child) {
      const checked = resolveChildSpec(id, autoShutdown, child);
      return loop.request(`startChild ${child.id}`, () => children.startChild(checked));
    },
    terminateChild: (childId) =>
      loop.request(`terminateChild ${childId}`, () => children.terminateChild(childId)),
    restartChild: (childId) =>
      loop.request(`restartChild ${childId}`, () => children.restartChild(childId)),
    deleteChild: (childId) =>
      loop.request(`deleteChild ${childId}`, () => children.deleteChild(childId)),
    children: () => loop.request("children", async () => children.list()),
    count: () => loop.request("count", async () => children.count()),
  };
}
