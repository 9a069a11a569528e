// A supervisor that starts empty and is given its children while it runs. The rules are in dynamic-children.ts, its
// queue in supervisor-loop.ts.
import type { DynamicSupervisorSpec } from "./child-spec.ts";
import { DynamicChildren } from "./dynamic-children.ts";
import { resolveChildSpec, resolveDynamicSpec } from "./spec-validation.ts";
import type { DynamicSupervisor, SupervisorOptions } from "./supervisor-api.ts";
import { supervisorHome } from "./supervisor-home.ts";
import { SupervisorLoop } from "./supervisor-loop.ts";

/**
 * Starts a dynamic supervisor, without children. It exits `shutdown`, because it was asked to or because there were too
 * many restarts (R5). Temporary children are never restarted and count for nothing.
 *
 * @throws {InvalidSpecError} before anything is started
 */
export async function startDynamicSupervisor(
  spec: DynamicSupervisorSpec,
  { clock, report }: Pick<SupervisorOptions, "clock" | "report">,
): Promise<DynamicSupervisor> {
  const resolved = resolveDynamicSpec(spec);
  const { id } = resolved;
  const home = supervisorHome(clock);
  const children = new DynamicChildren(resolved, home, report);
  const loop = new SupervisorLoop(id, home, children);

  return {
    ...loop.component,
    inspect: () => loop.inspect(),
    async startChild(child) {
      const checked = resolveChildSpec(id, "never", child);
      return loop.request(`startChild ${child.id}`, () => children.startChild(checked));
    },
    terminateChild: (component) =>
      loop.request("terminateChild", () => children.terminateChild(component)),
    children: () => loop.request("children", async () => children.list()),
    count: () => loop.request("count", async () => children.count()),
  };
}
